// Runs a Distributed Map, which the library does not know: items out of a JSON file, a child execution for each.
import pMap from 'p-map';
import { type AslMachine, type AslState, StateFailure, unknownTo } from './asl.ts';
import type { CompiledMachine } from './compile.ts';

export interface DistributedMap {
  readonly name: string;
  /** Bucket and Key, as the definition says where to read. */
  readonly reader: unknown;
  readonly maxItems: number;
  /** undefined: an item is its child's input as it stands. */
  readonly itemSelector: unknown;
  readonly maxConcurrency: number;
  readonly child: CompiledMachine;
}

/** What a Map needs of the execution that it is a state of. */
export interface MapHost {
  /** Evaluates a payload template against the state's input and the context object. */
  evaluate(template: unknown, input: unknown, context: Readonly<Record<string, unknown>>): Promise<unknown>;
  readFile(bucket: string, key: string): Promise<Buffer | undefined>;
  /** Rejects with the StateFailure of a child that nothing caught. */
  runChild(child: CompiledMachine, index: number, input: unknown): Promise<unknown>;
  /** Ends the children that still run. */
  stopChildren(): void;
  /** Throws where AWS would: more items than a Map takes. */
  checkItems(items: readonly unknown[]): void;
}

/** A field that is not here would be ignored silently, and the embedded run would differ from the deployed one. */
const KNOWN = new Set(
  'Type Comment ItemReader ItemSelector ItemProcessor MaxConcurrency Label InputPath OutputPath ResultPath ResultSelector Retry Catch Next End'.split(
    ' ',
  ),
);
const GET_OBJECT = 'arn:aws:states:::s3:getObject';

interface ItemReader {
  readonly Resource: string;
  readonly ReaderConfig?: { readonly InputType?: string; readonly MaxItems?: number };
  readonly Parameters: unknown;
}

export const distributedMapOf = (
  name: string,
  state: AslState,
  compile: (machine: AslMachine) => CompiledMachine,
): DistributedMap => {
  for (const field of Object.keys(state)) if (!KNOWN.has(field)) throw unknownTo(name, field);
  const reader = state.ItemReader as ItemReader;
  if (reader.Resource !== GET_OBJECT) throw unknownTo(name, `the ItemReader ${reader.Resource}`);
  const { InputType, MaxItems = Number.POSITIVE_INFINITY, ...others } = reader.ReaderConfig ?? {};
  if (InputType !== 'JSON') throw unknownTo(name, `the InputType ${InputType}`);
  for (const field of Object.keys(others)) throw unknownTo(name, `ReaderConfig.${field}`);
  return {
    name,
    reader: reader.Parameters,
    maxItems: MaxItems,
    itemSelector: state.ItemSelector,
    maxConcurrency: Number(state.MaxConcurrency ?? 0) || Number.POSITIVE_INFINITY,
    child: compile(state.ItemProcessor as AslMachine),
  };
};

/** Resolves to the children's outputs, in the items' order. The first child that fails stops the others and fails the Map. */
export const runDistributedMap = async (map: DistributedMap, input: unknown, host: MapHost): Promise<unknown[]> => {
  const items = await readItems(map, input, host);
  host.checkItems(items);
  const runItem = async (item: unknown, index: number): Promise<unknown> => {
    const context = { Map: { Item: { Index: index, Value: item } } };
    const childInput = map.itemSelector === undefined ? item : await host.evaluate(map.itemSelector, input, context);
    return host.runChild(map.child, index, childInput);
  };
  try {
    return await pMap(items, runItem, { concurrency: map.maxConcurrency });
  } catch (error) {
    host.stopChildren();
    throw error;
  }
};

const readItems = async (map: DistributedMap, input: unknown, host: MapHost): Promise<unknown[]> => {
  const { Bucket, Key } = (await host.evaluate(map.reader, input, {})) as Readonly<Record<string, unknown>>;
  const file = await host.readFile(String(Bucket), String(Key));
  if (!file) throw readerFailed(`The specified key does not exist. (Bucket: ${Bucket}, Key: ${Key})`);
  const items = parseItems(file);
  if (!Array.isArray(items)) throw readerFailed(`${Key} is not a JSON array.`);
  if (isNestedTooDeeply(items)) throw readerFailed(`${Key} is nested more than ${LEVELS_AT_MOST} levels deep.`);
  return items.slice(0, map.maxItems);
};

const parseItems = (file: Buffer): unknown => {
  try {
    return JSON.parse(file.toString('utf8'));
  } catch (error) {
    throw readerFailed(String(error));
  }
};

const LEVELS_AT_MOST = 100;

/** The library copies payloads by recursion, and never comes back from a stack that overflows. */
const isNestedTooDeeply = (value: unknown): boolean => {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LEVELS_AT_MOST) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
};

const readerFailed = (cause: string): StateFailure => new StateFailure('States.ItemReaderFailed', cause);

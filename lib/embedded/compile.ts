// Turns a definition into what the library can run: Distributed Maps become tasks of ours, endless time-outs fit a timer.
import { type AslMachine, type AslState, unknownTo } from './asl.ts';
import { type DistributedMap, distributedMapOf } from './distributed-map.ts';

export interface CompiledMachine {
  /** Without Distributed Maps. */
  readonly machine: AslMachine;
  /** Task states, nested ones included, and the Resource each names. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly maps: ReadonlyMap<string, DistributedMap>;
}

/** setTimeout takes 31 bits of milliseconds and fires at once beyond them; AWS's own default is 99,999,999 s. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

export const compile = (machine: AslMachine): CompiledMachine => {
  const tasks = new Map<string, string>();
  const maps = new Map<string, DistributedMap>();

  const rewrite = (part: AslMachine): AslMachine => {
    const States = Object.fromEntries(
      Object.entries(part.States).map(([name, state]) => [name, rewriteState(name, state)]),
    );
    const TimeoutSeconds = part.TimeoutSeconds;
    return { ...part, States, ...(TimeoutSeconds === undefined ? {} : { TimeoutSeconds: fitting(TimeoutSeconds) }) };
  };

  const rewriteState = (name: string, state: AslState): AslState => {
    if (state.QueryLanguage === 'JSONata') throw unknownTo(name, 'QueryLanguage JSONata');
    if (state.Type === 'Task') {
      tasks.set(name, String(state.Resource));
      return { ...state, TimeoutSeconds: fitting(state.TimeoutSeconds) };
    }
    if (state.Type === 'Parallel') return { ...state, Branches: (state.Branches as AslMachine[]).map(rewrite) };
    if (state.Type !== 'Map') return state;
    if (!('ItemReader' in state)) return { ...state, ItemProcessor: rewrite(state.ItemProcessor as AslMachine) };
    maps.set(name, distributedMapOf(name, state, compile));
    return asTask(state);
  };

  return { machine: rewrite(machine), tasks, maps };
};

const fitting = (seconds: unknown): number =>
  typeof seconds === 'number' ? Math.min(seconds, LONGEST_TIMEOUT_SECONDS) : LONGEST_TIMEOUT_SECONDS;

/** Everything around the Map's work stays the library's: paths, retriers, catchers, transitions. */
const asTask = (map: AslState): AslState => {
  const { ItemReader, ItemSelector, ItemProcessor, MaxConcurrency, Label, ...around } = map;
  return { ...around, Type: 'Task', Resource: 'picferry:distributed-map', TimeoutSeconds: LONGEST_TIMEOUT_SECONDS };
};

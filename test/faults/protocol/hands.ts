// The ports as an actor sees them: what others can change is asked of the search, everything else is answered at once.
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { Pace } from '../../../lib/stores/pace.ts';
import { LIST_PRICES } from '../../../lib/stores/prices.ts';
import type { StoreSpec } from '../../../lib/stores/spec.ts';
import type { Store } from '../../../lib/stores/store.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../lib/workflow/limits.ts';
import { reportPath } from '../../../lib/workflow/paths.ts';
import type { Document, Liveness, Records, ReportFiles } from '../../../lib/workflow/ports.ts';
import { migrationPk } from '../../../lib/workflow/record.ts';
import type { StartHost } from '../../../lib/workflow/start.ts';
import type { StepContext } from '../../../lib/workflow/steps/context.ts';
import { numberOf, placeOf } from './interned.ts';
import type { Hands } from './run.ts';

export const LAMBDA_MS = 15 * 60_000;
export const LEASE_MS = 20 * 60_000;
export const LIMITS: Limits = { ...DEFAULT_LIMITS, leaseMs: LEASE_MS, copiesPerShard: 1 };

/** What stands before the search begins and never changes: the earlier migration whose lists are copied from. */
export interface Given {
  readonly earlierId: string;
  readonly documents: readonly Document[];
  readonly files: ReadonlyMap<string, Buffer>;
  /** In copying order. */
  readonly pictures: readonly string[];
}

export interface Whose {
  readonly name: string;
  /** The migration whose pictures it writes. */
  readonly id: string;
  /** The process it runs in, embedded. */
  readonly process?: string;
}

const reportPk = (id: string): string => `report#${id}`;
const idOfReport = (path: string): string | undefined => {
  const id = path.split('/')[1] ?? '';
  return path === reportPath(id) ? id : undefined;
};

const recordsOf = ({ ask }: Hands, { earlierId, documents }: Given): Records => {
  const isGiven = (pk: string) => pk === migrationPk(earlierId) || pk === 'schedules';
  const given = (pk: string, sk: string) => documents.find((one) => one.pk === pk && one.sk === sk);
  return {
    get: async <T extends Document>(pk: string, sk: string) =>
      (isGiven(pk) ? given(pk, sk) : await ask({ kind: 'get', place: placeOf(pk, sk) })) as T | undefined,
    put: async (document, expect) => {
      // Nobody but listings of one pair's migrations reads it.
      if (document.sk === 'pair') return true;
      const place = placeOf(document.pk, document.sk);
      return (await ask({ kind: 'put', place, document: numberOf(document), ...(expect && { expect }) })) as boolean;
    },
    remove: async () => {},
    list: async function* <T extends Document>(pk: string, skPrefix: string) {
      const found = isGiven(pk)
        ? documents.filter((one) => one.pk === pk && one.sk.startsWith(skPrefix))
        : ((await ask({ kind: 'list', pk, skPrefix })) as Document[]);
      yield* found as T[];
    },
    newest: async <T extends Document>(index: string) =>
      index === 'migrations' ? ((await ask({ kind: 'newest' })) as T[]) : [],
  };
};

/** Reports are asked for; all other files are written once, under names of their own or with what is given here. */
const filesOf = ({ ask }: Hands, { files }: Given): ReportFiles => ({
  read: async (path) => {
    const id = idOfReport(path);
    if (id === undefined) return files.get(path);
    const report = (await ask({ kind: 'get', place: placeOf(reportPk(id), 'report') })) as Document | undefined;
    return report && Buffer.from(String(report.body));
  },
  has: async (path) => files.has(path),
  open: async (path) => Readable.from([files.get(path) ?? Buffer.alloc(0)]),
  write: async (path, body) => {
    const id = idOfReport(path);
    if (id === undefined) return;
    const report = { pk: reportPk(id), sk: 'report', body: String(body) };
    await ask({ kind: 'put', place: placeOf(report.pk, report.sk), document: numberOf(report) });
  },
  writeAll: async (_path, chunks) => {
    for await (const _chunk of chunks);
  },
  where: (path) => path,
});

const storeOf = ({ ask }: Hands, spec: StoreSpec, { pictures }: Given, { id }: Whose): Store => ({
  spec,
  address: '',
  list: async function* () {},
  prefixesBelow: async () => ({ prefixes: [], requests: 0 }),
  facts: async () => ({ size: 1, modifiedAt: 0, metadata: {} }),
  read: async () => ({
    facts: { size: 1, modifiedAt: 0, metadata: {} },
    body: new Readable({ read: () => {} }),
    unchanged: async () => true,
  }),
  write: async (key) => {
    const isNew = await ask({ kind: 'write', picture: pictures.indexOf(key), id });
    return { outcome: isNew ? 'written' : 'occupied' };
  },
  abandon: async () => {},
  md5: async () => undefined,
  close: async () => {},
});

const livenessOf = ({ ask }: Hands, { process }: Whose): Liveness => ({
  mine: process,
  isDead: async (holder) => holder !== process && ((await ask({ kind: 'isDead', holder })) as boolean),
});

const nothing = (): void => {};

/** A step's context and Start's and Settle's host in one. */
export type Ports = StepContext & StartHost;

export const portsOf = (hands: Hands, given: Given, whose: Whose): Ports => ({
  records: recordsOf(hands, given),
  files: filesOf(hands, given),
  liveness: livenessOf(hands, whose),
  executions: {
    start: async (id) => void (await hands.ask({ kind: 'start', id })),
    stop: async (id) => void (await hands.ask({ kind: 'stop', id })),
    status: async (id) => (await hands.ask({ kind: 'status', id })) as never,
  },
  openStore: async (spec) => storeOf(hands, spec, given, whose),
  limits: LIMITS,
  now: hands.now,
  deadline: whose.process === undefined ? hands.now() + LAMBDA_MS : Number.POSITIVE_INFINITY,
  attempt: whose.name.replaceAll(' ', '-'),
  listPlaces: pLimit(1),
  pace: new Pace(),
  billing: { prices: LIST_PRICES },
  copyPlaces: (work) => work(),
  memory: { take: async () => nothing },
  log: nothing,
  count: nothing,
  announce: async () => {},
});

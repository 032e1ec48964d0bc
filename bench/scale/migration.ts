// A whole sync on paper: the definition's own states, the real Plan, Summarise, Verify and Finish, List and Copy simulated; adds up what it used.

import { readDefinition, withNumbers } from '../../lib/workflow/definition.ts';
import { DEFAULT_LIMITS, type Limits } from '../../lib/workflow/limits.ts';
import type { CopyInput, ListInput, Step } from '../../lib/workflow/payloads.ts';
import { readCopyPlan, readPlan } from '../../lib/workflow/plan-files.ts';
import { type MigrationRecord, migrationPk } from '../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import { startMigration } from '../../lib/workflow/start.ts';
import { steps } from '../../lib/workflow/steps/index.ts';
import { DEFAULT_OPTIONS } from '../../test/support/default-options.ts';
import { INVOKE_MS, TRANSITION_MS } from './assumptions.ts';
import { copyItemOnPaper } from './copy-child.ts';
import type { Layout } from './layouts.ts';
import { listRound } from './list-round.ts';
import { type Child, type MapRun, most, runMap } from './map-run.ts';
import { createPaperHost, type PaperHost } from './paper-host.ts';
import { paperStore } from './paper-store.ts';
import { type Machine, type State, walk } from './walk.ts';

export interface Used {
  readonly pictures: number;
  readonly missing: number;
  /** In the order of running; a step that runs twice is there twice. */
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  readonly ms: number;
  /** What the report of the first comparison says that the whole will take. */
  readonly forecastMs: number;
  readonly invocations: number;
  /** What all of them are charged for. */
  readonly lambdaMs: number;
  readonly longestInvocation: { readonly step: string; readonly ms: number };
  readonly lambdasAtOnce: number;
  readonly transitions: number;
  readonly transitionsPerSecond: number;
  readonly eventsOfParent: number;
  readonly eventsOfChild: number;
  readonly childrenInMap: number;
  readonly biggestPayloadBytes: number;
  readonly planBytes: number;
  readonly copyPlanBytes: number;
  readonly biggestMapItemBytes: number;
  readonly shards: number;
  readonly writeUnits: number;
  readonly writeUnitsPerSecond: number;
  readonly biggestItemBytes: number;
  readonly lists: number;
  readonly listsPerSecond: number;
  readonly copies: number;
  readonly copyWritesPerSecond: number;
  /** Children of each Map run, with their invocations. */
  readonly maps: readonly { readonly name: string; readonly children: number; readonly invocations: number }[];
}

/** As it is deployed unless somebody says otherwise: lib/infra/settings.ts. */
const CONCURRENCY = 50;
export const DEPLOYED: Limits = { ...DEFAULT_LIMITS, copyChildren: CONCURRENCY, listChildren: CONCURRENCY };
const NUMBERS = {
  ...{ MachineTimeoutSeconds: 7 * 86_400, TaskTimeoutSeconds: 960, RetrySeconds: 2, RoundsThatCopy: 3 },
  ...{ ListConcurrency: CONCURRENCY, CopyConcurrency: CONCURRENCY },
};
const ID = '20261101-000000-scale0';
const RECORD = `${migrationPk(ID)} record`;
const recordIn = (host: PaperHost): MigrationRecord => host.documents.get(RECORD) as MigrationRecord;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const requestOf = (): MigrationRequest => ({
  mode: 'sync',
  source: { type: 's3', bucket: 'old', prefix: '', region: 'eu-central-1', createOnly: 'native' },
  destination: { type: 's3', bucket: 'new', prefix: '', region: 'eu-central-1', createOnly: 'native' },
  options: DEFAULT_OPTIONS,
});

export const migrateOnPaper = async (layout: Layout, limits: Limits = DEPLOYED): Promise<Used> => {
  const asked = { lists: 0 };
  const host: PaperHost = createPaperHost(
    limits,
    paperStore(layout, 'old', () => host.clock, asked),
  );
  const request = requestOf();
  const executions = { start: async () => {}, stop: async () => {}, status: async () => 'running' as const };
  await startMigration(request, { ...host.context(), executions }, { id: ID });

  const timed: { name: string; ms: number; longestMs: number; isMap?: true }[] = [];
  const payloads: number[] = [];
  const mapItems: number[] = [];
  const runs: { readonly name: string; readonly children: readonly Child[]; readonly run: MapRun }[] = [];
  let [lists, listsPerSecond, copies, shards] = [0, 0, 0, 0];
  const fileBytes = { plan: 0, copyPlan: 0 };

  const list = async ({ migrationId, round, planPath }: PointersOut): Promise<readonly Child[]> => {
    fileBytes.plan = Math.max(fileBytes.plan, host.bodies.get(planPath)?.length ?? 0);
    const tasks = await readPlan(host.context().files, planPath);
    for (const task of tasks) {
      mapItems.push(bytesOf(task));
      payloads.push(bytesOf({ migrationId, round, task } satisfies ListInput));
    }
    const listed = await listRound(tasks, layout, limits, round === 1, { id: ID, round }, host);
    lists += listed.lists;
    listsPerSecond = Math.max(listsPerSecond, listed.listsPerSecond);
    return listed.children;
  };
  const copy = async ({ migrationId, round, copyPlanPath }: PointersOut): Promise<readonly Child[]> => {
    fileBytes.copyPlan = Math.max(fileBytes.copyPlan, host.bodies.get(copyPlanPath)?.length ?? 0);
    const items = await readCopyPlan(host.context().files, copyPlanPath);
    return items.map((item) => {
      mapItems.push(bytesOf(item));
      payloads.push(bytesOf({ migrationId, round, item } satisfies CopyInput));
      shards += item.shards.length;
      copies += item.amount.count;
      const { child, document } = copyItemOnPaper(item, request, limits, { id: ID, round });
      host.documents.set(`${document.pk} ${document.sk}`, document);
      return child;
    });
  };
  const work = async (name: string, state: State, input: unknown): Promise<unknown> => {
    payloads.push(bytesOf(input));
    if (state.Type === 'Map') {
      const children = await (name === 'List' ? list : copy)(input as PointersOut);
      // A child's Task and Choice for each invocation, and its Pass.
      const run = runMap(children, CONCURRENCY, 2 * TRANSITION_MS, 2 * TRANSITION_MS);
      runs.push({ name, children, run });
      timed.push({ name, ms: run.ms, longestMs: run.longestMs, isMap: true });
      return {};
    }
    const step = steps[name as Step];
    const { ms, result } = await host.clock.time(() => step(input as never, host.context()));
    timed.push({ name, ms: ms + INVOKE_MS + TRANSITION_MS, longestMs: ms + INVOKE_MS });
    // Its probe asked nobody: on paper the service copies by itself.
    if (name === 'Plan') host.documents.set(RECORD, { ...recordIn(host), sameService: true });
    return result;
  };
  const machine = JSON.parse(withNumbers(await readDefinition(), NUMBERS)) as Machine;
  const parent = await walk(machine, { migrationId: ID }, work);

  const childTransitions = runs.reduce((sum, { run, children }) => sum + 2 * run.invocations + children.length, 0);
  const eventsOfChild = await childEvents(machine, most(runs.map(({ run }) => run.mostInvocations)));
  const longest = timed.reduce((longer, one) => (one.longestMs > longer.longestMs ? one : longer));
  return {
    ...{ pictures: layout.count, missing: copies, steps: timed, ms: timed.reduce((sum, { ms }) => sum + ms, 0) },
    invocations:
      parent.states.filter((name) => machine.States[name]?.Type === 'Task').length + sum(runs, 'invocations'),
    lambdaMs: timed.filter(({ isMap }) => !isMap).reduce((sum, { longestMs }) => sum + longestMs, 0) + lambdaMsOf(runs),
    forecastMs: (recordIn(host).forecast?.seconds ?? 0) * 1_000,
    longestInvocation: { step: longest.name, ms: longest.longestMs },
    lambdasAtOnce: most(runs.map(({ run }) => run.atOnce)),
    transitions: parent.transitions + childTransitions,
    // Of each child its Task and its Choice, and a third at its end.
    transitionsPerSecond: 3 * most(runs.map(({ run }) => run.invocationsPerSecond)),
    ...{ eventsOfParent: parent.events, eventsOfChild },
    childrenInMap: most(runs.map(({ children }) => children.length)),
    biggestPayloadBytes: most(payloads),
    ...{ planBytes: fileBytes.plan, copyPlanBytes: fileBytes.copyPlan, biggestMapItemBytes: most(mapItems), shards },
    writeUnits: host.used.writeUnits + sum(runs, 'writeUnits'),
    writeUnitsPerSecond: most(runs.map(({ run }) => run.writeUnitsPerSecond)),
    biggestItemBytes: Math.max(host.used.biggestItemBytes, most(runs.map(({ run }) => run.biggestItemBytes))),
    ...{ lists: lists + asked.lists, listsPerSecond, copies },
    copyWritesPerSecond: most(runs.map(({ run }) => run.copyWritesPerSecond)),
    maps: runs.map(({ name, children, run }) => ({ name, children: children.length, invocations: run.invocations })),
  };
};

interface PointersOut {
  readonly migrationId: string;
  readonly round: number;
  readonly planPath: string;
  readonly copyPlanPath: string;
}

const sum = (runs: readonly { readonly run: MapRun }[], field: 'invocations' | 'writeUnits'): number =>
  runs.reduce((all, { run }) => all + run[field], 0);

const lambdaMsOf = (runs: readonly { readonly children: readonly Child[] }[]): number =>
  runs
    .flatMap(({ children }) => children)
    .reduce((sum, { invocationsMs }) => sum + invocationsMs.reduce((its, ms) => its + ms, 0), 0);

/** Of a child that is invoked so often: both Maps' children go through the same kinds of states. */
const childEvents = async (machine: Machine, invocations: number): Promise<number> => {
  let left = invocations;
  const child = machine.States.List!.ItemProcessor!;
  return (await walk(child, {}, async () => ({ done: --left <= 0 }))).events;
};

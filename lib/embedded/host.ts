// Everything a migration needs on one machine, put together: the ports' twins, the interpreter, the shared places.
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import pLimit from 'p-limit';
import type { Side } from '../compare/entry.ts';
import { createMemoryBudget } from '../stores/memory-budget.ts';
import { Pace } from '../stores/pace.ts';
import { LIST_PRICES, type Prices } from '../stores/prices.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { createStoreCache } from '../stores/store-cache.ts';
import { DEFINITION_URL, type DefinitionNumbers, readDefinition, withNumbers } from '../workflow/definition.ts';
import { DEFAULT_LIMITS, type Limits } from '../workflow/limits.ts';
import { STEPS, type Step } from '../workflow/payloads.ts';
import type { Announcer, Liveness, Observer, Records, ReportFiles } from '../workflow/ports.ts';
import { changeMigration, hasEnded, readMigration } from '../workflow/record.ts';
import type { RunStep, StepContext } from '../workflow/steps/context.ts';
import { createExecutions, type EmbeddedExecutions } from './executions.ts';
import { createFolderReportFiles } from './folder-report-files.ts';
import { createInterpreter, type Interpreter, type TaskHandler } from './interpreter.ts';
import { createProcessLiveness } from './process-liveness.ts';
import { createSettling } from './settling.ts';
import { openSqliteRecords } from './sqlite-records.ts';
import { openStateDir, stateDirOf } from './state-dir.ts';
import { createWorkplaces, type Workplace } from './workplaces.ts';

export type Steps = Readonly<Record<Step, RunStep<never, unknown>>>;

export interface EmbeddedOptions {
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<Limits>;
  /** Pictures copied at once in the whole process. */
  readonly concurrency?: number;
  /** Absent: the table's. */
  readonly prices?: Prices;
  readonly log?: StepContext['log'];
  readonly now?: () => number;
  /** What follows is for tests. */
  readonly definition?: string | URL;
  readonly numbers?: Partial<DefinitionNumbers>;
  readonly steps?: Steps;
  readonly checkLimits?: boolean;
  readonly trace?: (state: string) => void;
  /** Ends invocations as Lambda would; nothing does otherwise. */
  readonly invocationMs?: number;
  /** Puts faults between the steps and what they touch. Called for each set of stores that is opened: its state lives outside. */
  readonly around?: (ports: HostPorts) => HostPorts;
}

/** What steps and Settle reach the world through. */
export type HostPorts = Pick<StepContext, 'records' | 'files' | 'liveness' | 'openStore'>;

export interface EmbeddedHost extends Observer, Announcer {
  readonly records: Records;
  readonly files: ReportFiles;
  readonly executions: EmbeddedExecutions;
  readonly liveness: Liveness;
  readonly limits: Limits;
  readonly stateDir: string;
  openStore(spec: StoreSpec, side: Side): Promise<Store>;
  now(): number;
  /** A new invocation's context: steps and Settle run in one. */
  stepContext(): StepContext;
  /** Keeps what a full disk prevented, until `settleLeft` succeeds with it. */
  later(migrationId: string, work: () => Promise<unknown>): void;
  /** Tries to settle what could not be settled when it was over. */
  settleLeft(): Promise<void>;
  /** Stops what runs, waits for it, and lets go of files and connections. */
  close(): Promise<void>;
}

const COPIES_AT_ONCE = 64;

const itself = <T>(one: T): T => one;

/** Somebody looks at the progress line, and a commit costs next to nothing here; few tasks are enough for one process. */
const AT_HAND: Partial<Limits> = {
  ...{ commitEveryMs: 1_000, planTasks: 4, planRangesWanted: 32, rangesPerTaskWanted: 16 },
  planDepthBetweenS3: 0,
};

/** Nothing cuts an embedded step off: whoever waits too long stops the command. */
const NUMBERS: DefinitionNumbers = {
  MachineTimeoutSeconds: 99_999_999,
  TaskTimeoutSeconds: 99_999_999,
  RetrySeconds: 1,
  ListConcurrency: 4,
  CopyConcurrency: 4,
  RoundsThatCopy: 3,
};

export const openEmbedded = async (options: EmbeddedOptions = {}): Promise<EmbeddedHost> => {
  const stateDir = stateDirOf(options.stateDir, options.env);
  await openStateDir(stateDir);
  const copiesAtOnce = options.concurrency ?? COPIES_AT_ONCE;
  const limits = { ...DEFAULT_LIMITS, ...AT_HAND, copiesPerShard: copiesAtOnce, ...options.limits };
  const [sqlite, processes] = await Promise.all([
    openSqliteRecords(join(stateDir, 'records.sqlite')),
    createProcessLiveness(),
  ]);
  const stores = createStoreCache();
  const around = options.around ?? itself;
  const bare = { records: sqlite, files: createFolderReportFiles(join(stateDir, 'reports')), liveness: processes };
  const ports = around({ ...bare, openStore: stores.open });
  const { records, files } = ports;
  const now = options.now ?? Date.now;
  const log = options.log ?? (() => {});
  // Whoever runs it looks on; nobody has to be told.
  const watching = { log, count: () => {}, announce: async () => {} };
  const places = { listPlaces: pLimit(Math.max(1, limits.listStreams / 2)), copyPlaces: pLimit(copiesAtOnce) };
  const memory = createMemoryBudget(limits.memoryBytes);
  const pace = new Pace();
  const billing = { prices: options.prices ?? LIST_PRICES };

  const workplaces = createWorkplaces(
    records,
    places.copyPlaces,
    (openStore) => around({ ...bare, openStore }).openStore,
  );

  const stepContext = (workplace?: Workplace): StepContext => {
    const deadline = options.invocationMs === undefined ? Number.POSITIVE_INFINITY : now() + options.invocationMs;
    const own = { memory, limits, billing, now, deadline, attempt: nanoid(10) };
    return { ...ports, ...places, ...watching, pace, ...workplace, ...own };
  };

  let interpreter: Promise<Interpreter> | undefined;
  const executions = createExecutions(
    () => {
      interpreter ??= openInterpreter(options, files, async (id) => stepContext(await workplaces.of(id)));
      return interpreter;
    },
    {
      onStart: (migrationId) => log('execution started', { migrationId }),
      onEnd: (migrationId, end) => log('execution ended', { migrationId, ...end }),
      whenOver: async (migrationId) => {
        await settling.settle(migrationId);
        await workplaces.leave(migrationId).catch(() => {});
      },
      shallStop: async (migrationId) => (await readMigration(records, migrationId))?.stopAsked === 'cancel',
    },
  );

  const close = async (): Promise<void> => {
    // The record tells the tasks, which would go on to their end otherwise.
    for (const id of executions.running()) {
      await changeMigration(records, id, ({ status }) => (hasEnded(status) ? undefined : { status: 'stopping' })).catch(
        () => {},
      );
    }
    await executions.close();
    await stores.close();
    sqlite.close();
  };
  const settleHost = { ...ports, executions, ...watching, now };
  const settling = createSettling(settleHost);
  const { later, again: settleLeft } = settling;
  return { ...settleHost, limits, stateDir, stepContext: () => stepContext(), later, settleLeft, close };
};

const openInterpreter = async (
  options: EmbeddedOptions,
  files: ReportFiles,
  contextFor: (migrationId: string) => Promise<StepContext>,
): Promise<Interpreter> => {
  const { trace, checkLimits } = options;
  const [text, steps] = await Promise.all([readDefinition(options.definition ?? DEFINITION_URL), stepsOf(options)]);
  return createInterpreter({
    definition: withNumbers(text, { ...NUMBERS, ...options.numbers }),
    tasks: Object.fromEntries(STEPS.map((step) => [`\${${step}Arn}`, handlerOf(steps[step], contextFor)])),
    readFile: (_bucket, path) => files.read(path),
    ...(trace && { trace }),
    ...(checkLimits && { checkLimits }),
  });
};

/** Loaded when something runs, like the interpreter itself. */
const stepsOf = async (options: EmbeddedOptions): Promise<Steps> =>
  options.steps ?? (await import('../workflow/steps/index.ts')).steps;

const handlerOf =
  (step: RunStep<never, unknown>, contextFor: (migrationId: string) => Promise<StepContext>): TaskHandler =>
  async (input) =>
    step(input as never, await contextFor((input as { readonly migrationId: string }).migrationId));

// Everything a migration needs on one machine, put together: the ports' twins, the interpreter, the shared places.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import pLimit from 'p-limit';
import type { Side } from '../compare/entry.ts';
import { createMemoryBudget } from '../stores/memory-budget.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { Store } from '../stores/store.ts';
import { createStoreCache } from '../stores/store-cache.ts';
import { DEFINITION_URL, type DefinitionNumbers, readDefinition, withNumbers } from '../workflow/definition.ts';
import { DEFAULT_LIMITS, type Limits } from '../workflow/limits.ts';
import { STEPS, type Step } from '../workflow/payloads.ts';
import type { Liveness, Records, ReportFiles } from '../workflow/ports.ts';
import type { RunStep, StepContext } from '../workflow/steps/context.ts';
import { createExecutions, type EmbeddedExecutions } from './executions.ts';
import { createFolderReportFiles } from './folder-report-files.ts';
import { createInterpreter, type Interpreter, type TaskHandler } from './interpreter.ts';
import { createProcessLiveness } from './process-liveness.ts';
import { openSqliteRecords } from './sqlite-records.ts';
import { stateDirOf } from './state-dir.ts';

export type Steps = Readonly<Record<Step, RunStep<never, unknown>>>;

export interface EmbeddedOptions {
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<Limits>;
  /** Pictures copied at once in the whole process. */
  readonly concurrency?: number;
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
}

export interface EmbeddedHost {
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
  /** Stops what runs, waits for it, and lets go of files and connections. */
  close(): Promise<void>;
}

const COPIES_AT_ONCE = 64;

/** Somebody looks at the progress line, and a commit costs next to nothing here. */
const AT_HAND: Partial<Limits> = { commitEveryMs: 1_000 };

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
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const copiesAtOnce = options.concurrency ?? COPIES_AT_ONCE;
  const limits = { ...DEFAULT_LIMITS, ...AT_HAND, copiesPerShard: copiesAtOnce, ...options.limits };
  const [records, liveness] = await Promise.all([
    openSqliteRecords(join(stateDir, 'records.sqlite')),
    createProcessLiveness(),
  ]);
  const files = createFolderReportFiles(join(stateDir, 'reports'));
  const stores = createStoreCache();
  const now = options.now ?? Date.now;
  const log = options.log ?? (() => {});
  const places = { listPlaces: pLimit(Math.max(1, limits.listStreams / 2)), copyPlaces: pLimit(copiesAtOnce) };
  const memory = createMemoryBudget(limits.memoryBytes);

  const stepContext = (): StepContext => {
    const deadline = options.invocationMs === undefined ? Number.POSITIVE_INFINITY : now() + options.invocationMs;
    const ports = { records, files, liveness, openStore: stores.open };
    return { ...ports, ...places, memory, limits, now, deadline, attempt: nanoid(10), log };
  };

  let interpreter: Promise<Interpreter> | undefined;
  const executions = createExecutions(
    () => {
      interpreter ??= openInterpreter(options, files, stepContext);
      return interpreter;
    },
    (migrationId, end) => log('execution ended', { migrationId, ...end }),
  );

  const close = async (): Promise<void> => {
    await executions.close();
    await stores.close();
    records.close();
  };
  return { records, files, executions, liveness, limits, stateDir, openStore: stores.open, now, stepContext, close };
};

const openInterpreter = async (
  options: EmbeddedOptions,
  files: ReportFiles,
  stepContext: () => StepContext,
): Promise<Interpreter> => {
  const { trace, checkLimits } = options;
  const [text, steps] = await Promise.all([readDefinition(options.definition ?? DEFINITION_URL), stepsOf(options)]);
  return createInterpreter({
    definition: withNumbers(text, { ...NUMBERS, ...options.numbers }),
    tasks: Object.fromEntries(STEPS.map((step) => [`\${${step}Arn}`, handlerOf(steps[step], stepContext)])),
    readFile: (_bucket, path) => files.read(path),
    ...(trace && { trace }),
    ...(checkLimits && { checkLimits }),
  });
};

/** Loaded when something runs, like the interpreter itself. */
const stepsOf = async (options: EmbeddedOptions): Promise<Steps> =>
  options.steps ?? (await import('../workflow/steps/index.ts')).steps;

const handlerOf =
  (step: RunStep<never, unknown>, stepContext: () => StepContext): TaskHandler =>
  async (input) =>
    step(input as never, stepContext());

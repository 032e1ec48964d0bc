// A deployment inside the test: leases, deadlines and a clock that tests move; the interpreter in Step Functions' place.
import { nanoid } from 'nanoid';
import pLimit from 'p-limit';
import { settleEvent } from '../../../lib/deployed/settling.ts';
import { createExecutions } from '../../../lib/embedded/executions.ts';
import type { EmbeddedHost, HostPorts, Steps } from '../../../lib/embedded/host.ts';
import { createInterpreter } from '../../../lib/embedded/interpreter.ts';
import { openSqliteRecords } from '../../../lib/embedded/sqlite-records.ts';
import { createMemoryBudget } from '../../../lib/stores/memory-budget.ts';
import { Pace } from '../../../lib/stores/pace.ts';
import { LIST_PRICES } from '../../../lib/stores/prices.ts';
import { readDefinition, withNumbers } from '../../../lib/workflow/definition.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../lib/workflow/limits.ts';
import { holdsLock } from '../../../lib/workflow/lock.ts';
import { STEPS, type Step } from '../../../lib/workflow/payloads.ts';
import { hasEnded, readMigration } from '../../../lib/workflow/record.ts';
import type { StepContext } from '../../../lib/workflow/steps/context.ts';
import { steps as realSteps } from '../../../lib/workflow/steps/index.ts';
import type { World } from '../world.ts';
import { type Around, through } from './effects.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';

export const LEASE_MS = 20 * 60_000;
export const LAMBDA_MS = 15 * 60_000;

/** One call of a Lambda, by whoever calls it: gives the answer that Step Functions gets. */
export type Invoke = (step: Step, run: (around?: Around) => Promise<unknown>) => Promise<unknown>;

export interface DeployedOptions {
  readonly invoke?: Invoke;
  /** Around everything, whoever asks: Start, the steps, Settle. */
  readonly around?: Around;
  readonly limits?: Partial<Limits>;
}

export interface DeployedInTest {
  readonly host: EmbeddedHost;
  readonly files: MemoryFiles;
  /** Lets time pass. */
  pass(ms: number): void;
  /** Step Functions is done with it; Lambdas may still run. */
  ended(id: string): Promise<void>;
  /** As EventBridge's rule would; then, where it has to wait, as the sweep does once every lease and Lambda is over. */
  settled(id: string): Promise<void>;
  sweep(): Promise<void>;
}

const NUMBERS = {
  MachineTimeoutSeconds: 99_999_999,
  TaskTimeoutSeconds: 99_999_999,
  RetrySeconds: 0,
  // One after the other, so that the n-th effect is the same one every time.
  ListConcurrency: 1,
  CopyConcurrency: 1,
  RoundsThatCopy: 3,
};
/** Commits only where there is something to commit: none by the clock. */
const SMALL = { shardEntries: 3, rangesPerTask: 2, copiesPerShard: 1, commitEveryMs: 1e9 };
const OLDEST = { oldestMs: 400 * 86_400_000, waitsMs: [] };

export const givenDeployed = async (world: World, options: DeployedOptions = {}): Promise<DeployedInTest> => {
  let patient: HostPorts | undefined;
  const embedded = await world.host({
    around: (ports) => {
      patient ??= ports;
      return ports;
    },
  });
  const files = memoryFiles();
  const records = await openSqliteRecords(':memory:');
  world.folders.closing.push(async () => records.close());
  const liveness = { mine: undefined, isDead: async () => false };
  const bare = { records, files, liveness, openStore: patient!.openStore };
  const ports = options.around ? through(bare, options.around) : bare;
  let aheadMs = 0;
  // Later at every look: whether a lease has to be renewed must not depend on how fast the machine is.
  const now = () => Date.now() + ++aheadMs;
  const limits = { ...DEFAULT_LIMITS, ...SMALL, leaseMs: LEASE_MS, ...options.limits };
  const watching = { log: () => {}, count: () => {}, announce: async () => {} };
  const stepContext = (): StepContext => ({
    ...ports,
    ...watching,
    limits,
    now,
    memory: createMemoryBudget(limits.memoryBytes),
    deadline: now() + LAMBDA_MS,
    attempt: nanoid(10),
    listPlaces: pLimit(1),
    pace: new Pace(),
    billing: { prices: LIST_PRICES, lambda: { gigabytes: 1.73, region: 'us-east-1' } },
    copyPlaces: pLimit(limits.copiesPerShard),
  });
  const invoke: Invoke = options.invoke ?? ((_step, run) => run());
  const tasks = Object.fromEntries(
    STEPS.map((step) => [
      `\${${step}Arn}`,
      (input: unknown) =>
        invoke(step, (around) => {
          const context = stepContext();
          return (realSteps as Steps)[step](input as never, around ? through(context, around) : context);
        }),
    ]),
  );
  const definition = withNumbers(await readDefinition(), NUMBERS);
  const interpreter = createInterpreter({
    definition,
    tasks,
    readFile: (_bucket, path) => files.read(path),
    checkLimits: true,
  });
  const executions = createExecutions(() => interpreter);
  const host: EmbeddedHost = { ...embedded, ...ports, ...watching, limits, now, executions, stepContext };
  const sweep = async () => void (await settleEvent({}, host, OLDEST));
  return {
    host,
    files,
    pass: (ms) => {
      aheadMs += ms;
    },
    ended: (id) => executions.finished(id),
    sweep,
    settled: async (id) => {
      await executions.finished(id);
      const status = await executions.status(id);
      const EVENTS = { stopped: 'ABORTED', failed: 'FAILED', timedOut: 'TIMED_OUT' } as Record<string, string>;
      const event = EVENTS[status];
      if (event) await settleEvent({ detail: { name: id, status: event } }, host, OLDEST);
      const record = await readMigration(records, id);
      // Past the faults: who looks here is the test.
      if (record && hasEnded(record.status) && !(await holdsLock({ ...host, records }, record.pair, id))) return;
      aheadMs += LEASE_MS + 1;
      await sweep();
    },
  };
};

// Executions inside this process: started in the background, known by the migration's id, gone with the process.
import type { ExecutionStatus, Executions } from '../workflow/ports.ts';
import type { ExecutionEnd, InterpretedExecution, Interpreter } from './interpreter.ts';

export interface EmbeddedExecutions extends Executions {
  /** Ids of those that have not ended, or whose last tasks still run. */
  running(): readonly string[];
  /** Resolves when the execution has ended, none of its tasks runs any more and `whenOver` is done; at once for one that is not under way here. */
  finished(migrationId: string): Promise<void>;
  /** Stops every execution and waits for its tasks. */
  close(): Promise<void>;
}

export interface ExecutionHooks {
  onStart?(migrationId: string): void;
  onEnd?(migrationId: string, end: ExecutionEnd): void;
  /** When its last task is over: what is to be done then, and let go of. Must not reject. */
  whenOver?(migrationId: string): Promise<void>;
  /** Asked now and then: another process can only write down that a migration shall stop. */
  shallStop?(migrationId: string): Promise<boolean>;
  readonly askEveryMs?: number;
}

interface UnderWay {
  readonly execution: InterpretedExecution;
  /** After `whenOver`. */
  readonly over: Promise<void>;
  status: ExecutionStatus;
}

/** A process that runs for months forgets: whoever asks later reads the record. */
const ENDED_KEPT = 1_000;

/** `interpreter` is asked for at the first start: commands that only read records never load it. */
export const createExecutions = (
  interpreter: () => Promise<Interpreter>,
  { onStart, onEnd, whenOver, shallStop, askEveryMs = 1_000 }: ExecutionHooks = {},
): EmbeddedExecutions => {
  const underWay = new Map<string, UnderWay>();
  const ended = new Map<string, ExecutionStatus>();
  let asking: NodeJS.Timeout | undefined;

  const start = async (migrationId: string): Promise<void> => {
    const { start: startNow } = await interpreter();
    if (underWay.has(migrationId) || ended.has(migrationId)) return;
    const execution = startNow(migrationId, { migrationId });
    const started: UnderWay = { execution, over: see(migrationId, execution), status: 'running' };
    underWay.set(migrationId, started);
    onStart?.(migrationId);
    asking ??= shallStop && setInterval(ask, askEveryMs).unref();
  };

  const see = async (migrationId: string, { end, settled }: InterpretedExecution): Promise<void> => {
    const how = await end;
    const found = underWay.get(migrationId);
    if (found) found.status = how.status;
    onEnd?.(migrationId, how);
    await settled;
    await whenOver?.(migrationId);
    underWay.delete(migrationId);
    remember(migrationId, how.status);
    if (underWay.size > 0) return;
    clearInterval(asking);
    asking = undefined;
  };

  const remember = (migrationId: string, status: ExecutionStatus): void => {
    ended.set(migrationId, status);
    const [oldest] = ended.keys();
    if (ended.size > ENDED_KEPT && oldest !== undefined) ended.delete(oldest);
  };

  const ask = (): void => {
    for (const [migrationId, { execution, status }] of underWay) {
      if (status !== 'running') continue;
      // What cannot be read now is asked again in a moment.
      shallStop?.(migrationId).then(
        (shall) => shall && execution.stop(),
        () => {},
      );
    }
  };

  const stop = async (migrationId: string): Promise<void> => {
    const found = underWay.get(migrationId);
    found?.execution.stop();
    await found?.execution.end;
  };

  const status = async (migrationId: string): Promise<ExecutionStatus> =>
    underWay.get(migrationId)?.status ?? ended.get(migrationId) ?? 'unknown';

  const finished = async (migrationId: string): Promise<void> => underWay.get(migrationId)?.over;

  const close = async (): Promise<void> => {
    const all = [...underWay.values()];
    for (const { execution } of all) execution.stop();
    await Promise.all(all.map(({ over }) => over));
  };

  return { running: () => [...underWay.keys()], start, stop, status, finished, close };
};

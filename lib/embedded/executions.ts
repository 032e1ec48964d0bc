// Executions inside this process: started in the background, known by the migration's id, gone with the process.
import type { ExecutionStatus, Executions } from '../workflow/ports.ts';
import type { ExecutionEnd, InterpretedExecution, Interpreter } from './interpreter.ts';

export interface EmbeddedExecutions extends Executions {
  /** Resolves when the execution has ended and none of its tasks runs any more; at once for one not started here. */
  finished(migrationId: string): Promise<void>;
  /** Stops every execution and waits for its tasks. */
  close(): Promise<void>;
}

interface Known {
  readonly execution: InterpretedExecution;
  end?: ExecutionEnd;
}

/** `interpreter` is asked for at the first start: commands that only read records never load it. */
export const createExecutions = (
  interpreter: () => Promise<Interpreter>,
  onEnd: (migrationId: string, end: ExecutionEnd) => void = () => {},
): EmbeddedExecutions => {
  const known = new Map<string, Known>();

  const start = async (migrationId: string): Promise<void> => {
    const { start: startNow } = await interpreter();
    if (known.has(migrationId)) return;
    const started: Known = { execution: startNow(migrationId, { migrationId }) };
    known.set(migrationId, started);
    started.execution.end.then((end) => {
      started.end = end;
      onEnd(migrationId, end);
    });
  };

  const stop = async (migrationId: string): Promise<void> => {
    const found = known.get(migrationId);
    found?.execution.stop();
    await found?.execution.end;
  };

  const status = async (migrationId: string): Promise<ExecutionStatus> => {
    const found = known.get(migrationId);
    return found ? (found.end?.status ?? 'running') : 'unknown';
  };

  const finished = async (migrationId: string): Promise<void> => {
    await known.get(migrationId)?.execution.settled;
  };

  const close = async (): Promise<void> => {
    for (const { execution } of known.values()) execution.stop();
    await Promise.all([...known.values()].map(({ execution }) => execution.settled));
  };

  return { start, stop, status, finished, close };
};

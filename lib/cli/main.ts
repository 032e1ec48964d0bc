// Runs the command line: what goes wrong becomes one sentence on stderr and an exit code.
import { CommanderError } from 'commander';
import { printable } from '../report/printable.ts';
import { EXIT } from './exit.ts';
import { createProgram } from './program.ts';

export const main = async (argv: readonly string[]): Promise<void> => {
  surviveClosedPipes();
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    process.exitCode = exitOfError(error);
  }
};

const exitOfError = (error: unknown): number => {
  // commander has printed it already; help and version come this way too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.refused;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const text = (process.env.PICFERRY_DEBUG && stack) || message;
  // Stores, APIs and systems have their words in it.
  process.stderr.write(`error: ${text.split('\n').map(printable).join('\n')}\n`);
  return name === 'UsageError' ? EXIT.refused : EXIT.broken;
};

/** `picferry … | head` closes the pipe early. What is being copied goes on, and the exit code still tells. */
const surviveClosedPipes = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
};

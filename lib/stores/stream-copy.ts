// Copies pictures through this process: between services, between folders, and between a folder and S3.
import { setTimeout as pause } from 'node:timers/promises';
import type { CopyLine, CopyOutcome, CopyRoute, CopyRouteOptions, CopyTask } from './copy.ts';
import { StoreRefused } from './errors.ts';
import { isLater, keptOutcome } from './newer.ts';
import { pacedPicture } from './paced-body.ts';
import {
  type OpenPicture,
  type Store,
  type WriteGuard,
  type WriteOptions,
  type WriteResult,
  wasOpened,
} from './store.ts';

/** A connection that is reset in the middle of a body is no reason to give a picture up, four in a row are. */
const ATTEMPTS = 4;

export interface StreamRouteSettings {
  /** First pause between attempts; it doubles. */
  readonly retryDelayMs?: number;
}

/** Worth another attempt: the body broke off, or what stood in the way is gone. Else this is how it ends. */
interface Again {
  readonly again: CopyOutcome;
}

export const openStreamRoute = (
  source: Store,
  destination: Store,
  options: CopyRouteOptions,
  { retryDelayMs = 200 }: StreamRouteSettings = {},
): CopyRoute => {
  const readOptions = { tags: options.tags && source.spec.type === 's3' && destination.spec.type === 's3' };

  const pace = options.pace?.limitsBytes ? options.pace : undefined;
  // What a folder gives to a service waits where it is sent.
  const isReadPaced = source.spec.type === 's3' || destination.spec.type === 'folder';

  const guardOf = async ({ key }: CopyLine, { action }: CopyTask): Promise<WriteGuard> => {
    if (action === 'create') return { kind: 'create' };
    const was = await destination.facts(key);
    return was === undefined ? { kind: 'create' } : { kind: 'replace', was };
  };

  const attempt = async (line: CopyLine, task: CopyTask): Promise<CopyOutcome | Again> => {
    const guard = await on('destination', guardOf(line, task));
    const readGuard = { size: line.size, listedAt: task.listedAt };
    const reading = { ...readOptions, ...(task.giveUp && { giveUp: task.giveUp }) };
    const opened = await on('source', source.read(line.key, readGuard, reading));
    if (!wasOpened(opened)) return opened;
    const picture = pace && isReadPaced ? pacedPicture(opened, pace) : opened;
    const broken = watched(picture);
    if (task.onlyIfNewer && guard.kind === 'replace' && !isLater(picture.facts, guard.was)) {
      picture.body.destroy();
      return keptOutcome(picture.facts, guard.was);
    }
    const endBody = (): void => void picture.body.destroy(new Error('The migration was asked to stop.'));
    task.giveUp?.addEventListener('abort', endBody, { once: true });
    if (task.giveUp?.aborted) endBody();
    let result: WriteResult;
    try {
      const writing = destination.write(
        line.key,
        picture,
        guard,
        { ...options, ...toldOf(line, task), ...(pace && task.giveUp && { giveUp: task.giveUp }) },
        options.memory,
      );
      result = await on('destination', writing);
    } catch (error) {
      if (broken.reason !== undefined) return { again: failed('sourceUnavailable', broken.reason) };
      throw error;
    } finally {
      task.giveUp?.removeEventListener('abort', endBody);
      picture.body.destroy();
    }
    switch (result.outcome) {
      case 'written':
        return { outcome: guard.kind === 'create' ? 'copied' : 'replaced' };
      case 'occupied':
        return judgeOccupied(line, guard, destination);
      case 'failed':
        return broken.reason === undefined ? result : { again: failed('sourceUnavailable', broken.reason) };
      default:
        return result;
    }
  };

  /** As it ends where the source is not waited for any more, or bytes that waited for their turn were not sent. */
  const wasGivenUp = (outcome: CopyOutcome): boolean =>
    outcome.outcome === 'failed' &&
    (outcome.reason === 'sourceUnavailable' || (pace !== undefined && outcome.reason === 'destinationUnavailable'));

  const copy = async (line: CopyLine, task: CopyTask): Promise<CopyOutcome> => {
    // What passed before cannot be hashed again: a stream begins anew.
    if (task.upload) await destination.abandon(line.key, task.upload.uploadId).catch(() => {});
    for (let attempts = 1, delayMs = retryDelayMs; ; attempts += 1, delayMs *= 2) {
      if (task.giveUp?.aborted) return { outcome: 'givenUp' };
      const outcome = await attempt(line, task).catch(outcomeOf);
      if (!('again' in outcome)) return task.giveUp?.aborted && wasGivenUp(outcome) ? GIVEN_UP : outcome;
      if (task.giveUp?.aborted) return { outcome: 'givenUp' };
      if (attempts === ATTEMPTS || task.mayTryAgain?.() === false) return outcome.again;
      await pause(delayMs);
    }
  };

  return { copy };
};

const GIVEN_UP: CopyOutcome = { outcome: 'givenUp' };

/** A stream is never continued; and a part of no size is refused where this is read back. */
const toldOf = ({ key, size }: CopyLine, { uploads }: CopyTask): Pick<WriteOptions, 'onUpload'> =>
  uploads ? { onUpload: (uploadId) => uploads.begun({ key, uploadId, partSizeBytes: size, parts: [] }) } : {};

/** The body's own error, told apart from one of the destination; without a listener it would end the process. */
const watched = ({ body }: OpenPicture): { reason?: string } => {
  const broken: { reason?: string } = {};
  if (body.errored) broken.reason = body.errored.message;
  body.on('error', (error) => {
    // The destination gave up and left the rest unread: that is its own failure, with a reason of its own.
    if (error.name !== 'AbortError') broken.reason = error.message;
  });
  return broken;
};

/** Something stands where nothing was, or what was to be replaced is another picture now. */
const judgeOccupied = async (
  { key, size }: CopyLine,
  guard: WriteGuard,
  destination: Store,
): Promise<CopyOutcome | Again> => {
  const there = await on('destination', destination.facts(key));
  const reason = guard.kind === 'create' ? 'differentOnDestination' : 'changedOnDestination';
  if (there === undefined) return { again: failed(reason, 'something came and went there') };
  if (there.size === size) return { outcome: 'alreadyThere' };
  return failed(reason, `${there.size} bytes there, ${size} on the source`);
};

/** Says which side an error came from: a refused write is something else than a refused read. */
class SideFailed extends Error {
  readonly side: 'source' | 'destination';
  constructor(side: 'source' | 'destination', cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.side = side;
  }
}

const on = <T>(side: 'source' | 'destination', work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw new SideFailed(side, error);
  });

const outcomeOf = (error: unknown): CopyOutcome => {
  const side = error instanceof SideFailed ? error.side : 'source';
  const refused = error instanceof SideFailed && error.cause instanceof StoreRefused;
  return failed(refused ? 'accessDenied' : `${side}Unavailable`, `${side}: ${(error as Error).message}`);
};

const failed = (reason: string, detail: string): CopyOutcome => ({ outcome: 'failed', reason, detail });

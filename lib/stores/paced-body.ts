// Bodies that pass no faster than the user allows; only made where there is such a limit.
import { pipeline, Readable, Transform } from 'node:stream';
import type { Pace } from './pace.ts';
import type { OpenPicture } from './store.ts';

/** The picture as it was opened, its body held back. */
export const pacedPicture = (picture: OpenPicture, pace: Pace): OpenPicture => {
  const passing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const turn = pace.beforeReading(chunk.length);
      if (turn) turn.then(() => done(null, chunk), done);
      else done(null, chunk);
    },
  });
  // An error of either is told by `passing`, which is what others listen to.
  pipeline(picture.body, passing, () => {});
  // What goes from file to file passes nobody who holds it back.
  const { passTo, ...rest } = picture;
  return { ...rest, body: passing };
};

/** Small enough that what is sent at once is never much. */
const SLICE_BYTES = 64 * 1024;

/**
 * A body in memory, for one attempt, once its turn has come: a service would not wait for it. It is sent slice by slice.
 * Comes at once where it is given up: then there is nothing to wait for.
 */
export const pacedUpload = async (body: Uint8Array, pace: Pace, giveUp?: AbortSignal): Promise<Readable> => {
  const turnOf = pace.sending(body.length);
  await orGivenUp(turnOf(0), giveUp);
  return Readable.from(slicesOf(body, turnOf), { objectMode: false });
};

async function* slicesOf(body: Uint8Array, turnOf: (offset: number) => Promise<void> | undefined) {
  for (let at = 0; at < body.length; at += SLICE_BYTES) {
    await turnOf(at);
    yield body.subarray(at, at + SLICE_BYTES);
  }
}

const orGivenUp = async (turn: Promise<void> | undefined, giveUp: AbortSignal | undefined): Promise<void> => {
  if (!turn || giveUp?.aborted) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const go = (): void => resolve();
  giveUp?.addEventListener('abort', go, { once: true });
  turn.then(go, reject);
  await promise.finally(() => giveUp?.removeEventListener('abort', go));
};

// Puts a picture's bytes and its time into its temporary file: from file to file where nothing is to be hashed, else as they pass.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { OpenPicture, WriteResult } from '../store.ts';
import { writeAll } from './file-body.ts';
import { fileTimeOf } from './file-time.ts';
import { failed, messageOf } from './refusals.ts';

const WRITTEN_AT_ONCE_BYTES = 256 * 1024;

/** undefined: the file holds the picture and its time. */
export const fill = async (handle: FileHandle, picture: OpenPicture): Promise<WriteResult | undefined> => {
  try {
    const { facts } = picture;
    const isPlain = facts.md5 === undefined && !picture.damage;
    const { bytes, md5 }: Filled =
      isPlain && picture.passTo ? { bytes: await picture.passTo(handle) } : await passedThrough(handle, picture);
    if (!(await picture.unchanged())) return { outcome: 'changedOnSource' };
    if (bytes !== facts.size) return failed('corrupted', `${bytes} bytes came where ${facts.size} were announced`);
    if (md5 !== facts.md5) return failed('corrupted', 'another MD5 than announced');
    const damage = picture.damage?.();
    if (damage !== undefined) return failed('corrupted', damage);
    const time = fileTimeOf(facts.originalTime ?? facts.modifiedAt);
    if (time !== undefined) await handle.utimes(time, time);
    return undefined;
  } catch (error) {
    if (error !== null && error === picture.body.errored) return failed('sourceUnavailable', messageOf(error));
    throw error;
  }
};

/** What came in small pieces is written in few calls. */
class Chunks {
  bytes = 0;
  private readonly chunks: Buffer[] = [];

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  async writeTo(handle: FileHandle): Promise<void> {
    if (this.bytes === 0) return;
    const { bytesWritten } = await handle.writev(this.chunks);
    if (bytesWritten < this.bytes) await writeAll(handle, Buffer.concat(this.chunks).subarray(bytesWritten));
  }
}

interface Filled {
  readonly bytes: number;
  /** Hex; absent where the source knows none to compare with. */
  readonly md5?: string | undefined;
}

const passedThrough = async (handle: FileHandle, { body, facts }: OpenPicture): Promise<Filled> => {
  // Hashing halves what a core can move: only where the source knows a hash to compare with.
  const hash = facts.md5 === undefined ? undefined : createHash('md5');
  let bytes = 0;
  let waiting = new Chunks();
  for await (const chunk of body as AsyncIterable<Buffer>) {
    hash?.update(chunk);
    bytes += chunk.length;
    waiting.push(chunk);
    if (waiting.bytes < WRITTEN_AT_ONCE_BYTES) continue;
    await waiting.writeTo(handle);
    waiting = new Chunks();
  }
  await waiting.writeTo(handle);
  return { bytes, md5: hash?.digest('hex') };
};

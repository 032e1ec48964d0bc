// Puts a picture's bytes and its time into its temporary file: copied by the system where it can, else as they pass.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { OpenPicture, WriteResult } from '../store.ts';
import { fileTimeOf } from './file-time.ts';
import { failed, messageOf } from './refusals.ts';
import type { Temporary } from './temporaries.ts';

const WRITTEN_AT_ONCE_BYTES = 256 * 1024;
const SYSTEM_COPIES_BYTES = 64 * 1024 * 1024;

/** undefined: the temporary file holds the picture and its time. */
export const fill = async (temporary: Temporary, picture: OpenPicture): Promise<WriteResult | undefined> => {
  try {
    const { facts } = picture;
    const { bytes, md5 } = (await copiedBySystem(temporary, picture)) ?? (await passedThrough(temporary, picture));
    if (!(await picture.unchanged())) return { outcome: 'changedOnSource' };
    if (bytes !== facts.size) return failed('corrupted', `${bytes} bytes came where ${facts.size} were announced`);
    if (md5 !== facts.md5) return failed('corrupted', 'another MD5 than announced');
    const damage = picture.damage?.();
    if (damage !== undefined) return failed('corrupted', damage);
    const time = fileTimeOf(facts.originalTime ?? facts.modifiedAt);
    if (time !== undefined) await temporary.handle.utimes(time, time);
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

const writeAll = async (handle: FileHandle, bytes: Buffer): Promise<void> => {
  for (let written = 0; written < bytes.length; )
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
};

interface Filled {
  readonly bytes: number;
  /** Hex; absent where the source knows none to compare with. */
  readonly md5?: string | undefined;
}

/** undefined: nothing of it is there, and the bytes have to pass through here. */
const copiedBySystem = async (
  { path, handle, mode }: Temporary,
  { copyTo, facts, damage }: OpenPicture,
): Promise<Filled | undefined> => {
  // Nobody could tell a copy of gigabytes to stop; and what is to be hashed has to pass.
  if (!copyTo || facts.size > SYSTEM_COPIES_BYTES || facts.md5 !== undefined || damage) return undefined;
  try {
    await copyTo(path);
    const copied = await handle.stat();
    // It gave the copy the permissions of its source.
    if (copied.mode !== mode) await handle.chmod(mode & 0o7777);
    return { bytes: copied.size };
  } catch {
    // A network share may know no such call, or no permissions.
    await handle.truncate();
    return undefined;
  }
};

const passedThrough = async ({ handle }: Temporary, { body, facts }: OpenPicture): Promise<Filled> => {
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

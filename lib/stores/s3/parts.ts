// Cuts a passing body into parts held in memory, hashing each and the whole.
import { createHash, type Hash } from 'node:crypto';
import type { MemoryBudget, OpenPicture } from '../store.ts';

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** Base64, as Content-MD5 has it. */
  readonly md5: string;
  /** Gives the memory back; whoever takes the part must call it. */
  release(): void;
}

/** What passed so far; of the whole body once the parts have ended. */
export class Passed {
  bytes = 0;
  private readonly hash: Hash = createHash('md5');
  private digest: Buffer | undefined;

  take(chunk: Buffer): void {
    this.bytes += chunk.length;
    // What comes behind the end that was announced is refused by its length.
    if (this.digest === undefined) this.hash.update(chunk);
  }

  md5(encoding: 'hex' | 'base64' = 'hex'): string {
    this.digest ??= this.hash.digest();
    return this.digest.toString(encoding);
  }
}

/** Ends early where the body is longer than it should be, without its last part where it is shorter: `passed` tells. */
export async function* partsOf(
  { body, facts }: OpenPicture,
  partSizeBytes: number,
  passed: Passed,
  memory: MemoryBudget,
): AsyncGenerator<Part> {
  let number = 0;
  let release: (() => void) | undefined;
  let part: Buffer = Buffer.alloc(0);
  let filled = 0;
  try {
    for await (const read of body) {
      let chunk: Buffer = typeof read === 'string' ? Buffer.from(read) : read;
      passed.take(chunk);
      if (passed.bytes > facts.size) return;
      while (chunk.length > 0) {
        if (release === undefined) {
          const length = Math.min(partSizeBytes, facts.size - number * partSizeBytes);
          release = await memory.take(length);
          // Nearly always a picture that was read at once: it need not be copied.
          part = chunk.length === length ? chunk : Buffer.allocUnsafe(length);
          filled = 0;
        }
        const copied = part === chunk ? chunk.length : chunk.copy(part, filled);
        filled += copied;
        chunk = chunk.subarray(copied);
        if (filled < part.length) continue;
        number += 1;
        const isAll = part.length === facts.size;
        const md5 = isAll ? passed.md5('base64') : createHash('md5').update(part).digest('base64');
        const full = { number, bytes: part, md5, release };
        release = undefined;
        yield full;
      }
    }
  } finally {
    release?.();
  }
}

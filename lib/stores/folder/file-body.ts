// The bytes of an open file, read when they are asked for; the file is closed once they are read or given up.
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A thumbnail is read at once: a stream of small pieces costs more than reading it does. */
const CHUNK_BYTES = 256 * 1024;

export class FileBody extends Readable {
  private readonly handle: FileHandle;
  private readonly sizeBytes: number;
  private position = 0;

  constructor(handle: FileHandle, sizeBytes: number) {
    super({ highWaterMark: CHUNK_BYTES });
    this.handle = handle;
    this.sizeBytes = sizeBytes;
  }

  override _read(): void {
    this.readOn().catch((error: Error) => this.destroy(error));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.handle.close().then(
      () => done(error),
      (unclosed: Error) => done(error ?? unclosed),
    );
  }

  private async readOn(): Promise<void> {
    const length = Math.min(CHUNK_BYTES, this.sizeBytes - this.position);
    const chunk = Buffer.allocUnsafe(length);
    const { bytesRead } = length === 0 ? { bytesRead: 0 } : await this.handle.read(chunk, 0, length, this.position);
    this.position += bytesRead;
    // Cut short meanwhile: what is missing shows as `unchanged() === false`.
    if (bytesRead === 0) this.push(null);
    else this.push(bytesRead === length ? chunk : chunk.subarray(0, bytesRead));
  }
}

// The bytes of an open file, read when they are asked for; the file is closed once they are read or given up.
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A thumbnail is read at once: a stream of small pieces costs more than reading it does. */
const CHUNK_BYTES = 256 * 1024;
/** Used again from file to file: left to the collector, they would be all that it does. */
const free: Buffer[] = [];
const FREE_AT_MOST = 64;

export class FileBody extends Readable {
  private readonly handle: FileHandle;
  private readonly sizeBytes: number;
  private position = 0;

  constructor(handle: FileHandle, sizeBytes: number) {
    super({ highWaterMark: CHUNK_BYTES });
    this.handle = handle;
    this.sizeBytes = sizeBytes;
  }

  /** Writes all of it into this file, and tells how many bytes they were. An error of reading is this body's error, too. */
  async passTo(file: FileHandle): Promise<number> {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    try {
      for (;;) {
        const length = await this.readInto(buffer).catch((error: Error) => {
          this.destroy(error);
          throw this.errored ?? error;
        });
        // Given up meanwhile.
        if (this.errored) throw this.errored;
        if (length === 0) return this.position;
        await writeAll(file, buffer.subarray(0, length));
      }
    } finally {
      if (free.length < FREE_AT_MOST) free.push(buffer);
    }
  }

  override _read(): void {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, this.sizeBytes - this.position));
    this.readInto(chunk).then(
      (length) => this.push(length === 0 ? null : chunk.subarray(0, length)),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.handle.close().then(
      () => done(error),
      (unclosed: Error) => done(error ?? unclosed),
    );
  }

  /** 0: all is read. Or it was cut short meanwhile: what is missing shows as `unchanged() === false`. */
  private async readInto(buffer: Buffer): Promise<number> {
    const length = Math.min(buffer.length, this.sizeBytes - this.position);
    if (length === 0) return 0;
    const { bytesRead } = await this.handle.read(buffer, 0, length, this.position);
    this.position += bytesRead;
    return bytesRead;
  }
}

export const writeAll = async (file: FileHandle, bytes: Buffer): Promise<void> => {
  for (let written = 0; written < bytes.length; )
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
};

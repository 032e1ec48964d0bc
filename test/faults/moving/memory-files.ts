// Report files in memory, as whole as those of a bucket: for hundreds of migrations a second.
import { Readable } from 'node:stream';
import type { ReportFiles } from '../../../lib/workflow/ports.ts';

export interface MemoryFiles extends ReportFiles {
  /** What was written, for tests to break. */
  readonly written: Map<string, Buffer>;
}

export const memoryFiles = (): MemoryFiles => {
  const written = new Map<string, Buffer>();
  return {
    written,
    where: (path) => `memory:${path}`,
    read: async (path) => written.get(path),
    has: async (path) => written.has(path),
    open: async (path) => {
      const body = written.get(path);
      if (body === undefined) throw Object.assign(new Error(`${path} is not there`), { name: 'NoSuchKey' });
      return Readable.from([body]);
    },
    write: async (path, body) => void written.set(path, Buffer.from(body)),
    writeAll: async (path, chunks) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      written.set(path, Buffer.concat(parts));
    },
  };
};

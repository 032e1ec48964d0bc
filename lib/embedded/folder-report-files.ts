// Report files in a folder of the state folder. A file appears whole or not at all, whenever the process is killed.
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { nanoid } from 'nanoid';
import type { ReportFiles } from '../workflow/ports.ts';

/** Files being written; beside the others, because a rename must not cross file systems. */
const UNFINISHED = '.unfinished';

export const createFolderReportFiles = (root: string): ReportFiles => {
  const where = (path: string): string => join(root, checked(path));

  /** Synced before it is renamed: after a power cut a name must not stand for an empty file. */
  const writeWhole = async (path: string, write: (file: FileHandle) => Promise<void>): Promise<void> => {
    const final = where(path);
    const unfinished = join(root, UNFINISHED, nanoid());
    await Promise.all([mkdir(dirname(final), { recursive: true }), mkdir(dirname(unfinished), { recursive: true })]);
    try {
      const file = await open(unfinished, 'wx', 0o600);
      try {
        await write(file);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(unfinished, final);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  };

  return {
    where,
    read: (path) => unlessMissing(() => readFile(where(path))),
    has: async (path) => (await unlessMissing(() => stat(where(path))))?.isFile() ?? false,
    open: async (path: string): Promise<Readable> => (await open(where(path))).createReadStream(),
    write: (path, body) => writeWhole(path, (file) => file.writeFile(body)),
    writeAll: (path, chunks) => writeWhole(path, (file) => file.writeFile(chunks)),
  };
};

const unlessMissing = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Paths are the workflow's own, never made of prefixes or keys; anything else is a mistake worth stopping for. */
const checked = (path: string): string => {
  const segments = path.split('/');
  if (segments.every((segment) => /^[\w-][\w.-]*$/.test(segment))) return path;
  throw new Error(`${JSON.stringify(path)} is no path of a report file.`);
};

// Report files in a folder of the state folder. A file appears whole or not at all, whenever the process is killed.
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { nanoid } from 'nanoid';
import type { ReportFiles } from '../workflow/ports.ts';
import { runs } from './process-liveness.ts';

/** Files being written; beside the others, because a rename must not cross file systems. */
const UNFINISHED = '.unfinished';

/** This process's: its number alone may have been the killed one's too, in a container. */
const underWay = new Set<string>();

export const createFolderReportFiles = (root: string): ReportFiles => {
  const where = (path: string): string => join(root, checked(path));
  let swept: Promise<void> | undefined;

  /** Synced before it is renamed: after a power cut a name must not stand for an empty file. */
  const writeWhole = async (path: string, write: (file: FileHandle) => Promise<void>): Promise<void> => {
    const final = where(path);
    swept ??= sweep(join(root, UNFINISHED));
    await swept;
    const unfinished = join(root, UNFINISHED, `${process.pid}-${nanoid()}`);
    underWay.add(unfinished);
    try {
      await Promise.all([final, unfinished].map((file) => mkdir(dirname(file), { recursive: true })));
      const file = await open(unfinished, 'wx', 0o600);
      try {
        await write(file);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(unfinished, final);
    } catch (error) {
      // What broke matters more than whether it can be cleared away now.
      await rm(unfinished, { force: true }).catch(() => {});
      throw error;
    } finally {
      underWay.delete(unfinished);
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

/** What killed processes left. Whose process cannot be told, or lives, stays. */
const sweep = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = /^(\d+)-/.exec(name)?.[1];
    const path = join(folder, name);
    if (pid === undefined || underWay.has(path) || (Number(pid) !== process.pid && runs(Number(pid)))) continue;
    await rm(path, { force: true }).catch(() => {});
  }
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

// Temporary folders for tests, gone when the test is.
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cleanup } from './cleanup.ts';

export const scratchFolder = async (t: Cleanup): Promise<string> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'picferry-test-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** Writes files given as path -> content, making their folders; a path ending in `/` is an empty folder. */
export const plant = async (root: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  const folders = new Set(Object.keys(files).map((path) => (path.endsWith('/') ? path : dirname(path))));
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  const written = Object.entries(files).filter(([path]) => !path.endsWith('/'));
  await Promise.all(written.map(([path, content]) => writeFile(join(root, path), content)));
};

/** Every file below a folder, sorted, with its content. */
export const harvest = async (root: string): Promise<Record<string, string>> => {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.sort().map(async (file) => [file.slice(root.length + 1), await readFile(file, 'utf8')] as const),
  );
  return Object.fromEntries(found);
};

/**
 * Runs work as somebody whom file permissions bind. Root may read everything, so as root the test becomes
 * another user for a while (each test file is a process of its own).
 */
export const asOrdinaryUser = async <T>(work: () => Promise<T>): Promise<T> => {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
};

/** Opens a folder to every user, so that `asOrdinaryUser` reaches it. */
export const openToAll = (folder: string): Promise<void> => chmod(folder, 0o777);

// Writes a report's files into a folder, whole or not at all, and over nothing that is there.
import { constants, copyFile, link, lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nanoid } from 'nanoid';
import { printable } from '../report/printable.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { ReportFile } from './service.ts';

/** None leads out of the folder, whoever chose it. */
const NAME = /^[\w-][\w.-]*$/;

/** The paths written. Nothing is written where one of the names is taken. */
export const downloadInto = async (
  folder: string,
  files: readonly ReportFile[],
  id: string,
): Promise<readonly string[]> => {
  if (files.length === 0) throw new UsageError(`migration ${id} has no report files yet, or they have expired`);
  for (const { name } of files) {
    if (!NAME.test(name)) throw new Error(`"${printable(name)}" is no name of a report file: nothing is written`);
  }
  const targets = files.map((file) => ({ file, path: join(resolve(folder), file.name) }));
  const taken: string[] = [];
  for (const { path } of targets) if (await exists(path)) taken.push(path);
  if (taken.length > 0) {
    throw new UsageError(
      `${taken.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already: choose another folder`,
    );
  }
  await makeFolder(folder);
  for (const { file, path } of targets) await writeNew(file, path);
  return targets.map(({ path }) => path);
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
};

const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`the folder ${folder} cannot be made: ${(error as Error).message}`);
  }
};

/** Under its name only once it is whole. */
const writeNew = async (file: ReportFile, path: string): Promise<void> => {
  const unfinished = `${path}.${nanoid(8)}.part`;
  try {
    // Opens before it reads: what fails at once must not leave a file that is made only afterwards.
    await writeFile(unfinished, bytesOf(file), { flag: 'wx' });
    await putInPlace(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
};

async function* bytesOf(file: ReportFile): AsyncIterable<Buffer> {
  for await (const part of file.open()) yield* part as AsyncIterable<Buffer>;
}

/** Both refuse a name that is taken; some file systems have no links. */
const putInPlace = async (unfinished: string, path: string): Promise<void> => {
  try {
    await link(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await copyFile(unfinished, path, constants.COPYFILE_EXCL);
  }
};

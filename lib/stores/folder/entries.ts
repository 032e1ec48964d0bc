// What a name in a folder is as a listed entry: a picture, or a thing that cannot be read as one.
import { constants, lstat as lstatWithCallback, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry } from '../../compare/entry.ts';
import { IncompleteListing } from '../errors.ts';
import { codeOf, messageOf } from './refusals.ts';

/** As the callback tells it: 58,300 of them take half the CPU that `fs/promises` takes. */
const lstat = (path: string | Buffer): Promise<Stats> =>
  new Promise((resolve, reject) => {
    lstatWithCallback(path, (error, stats) => (error ? reject(error) : resolve(stats)));
  });

/** undefined: the file vanished since its folder was read, which is what a listing a moment later would have said. */
export const entryAt = async (path: string | Buffer, key: string): Promise<Entry | undefined> => {
  const wantsFolder = key.endsWith('/');
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && !wantsFolder) return undefined;
    throw new IncompleteListing(`cannot look at ${path}: ${messageOf(error)}`);
  }
  if (stats.isDirectory() !== wantsFolder) throw new IncompleteListing(`${path} changed its kind while being listed`);
  const modifiedAt = Math.floor(stats.mtimeMs);
  const oddName = key.isWellFormed() ? {} : ({ problem: 'notUtf8' } as const);
  if (wantsFolder) return { key, size: 0, modifiedAt, directory: true, ...oddName };
  if (stats.isSymbolicLink()) return { key, size: 0, modifiedAt, problem: 'link', ...oddName };
  if (!stats.isFile()) return { key, size: 0, modifiedAt, problem: 'specialFile', ...oddName };
  if (await mayRead(path, stats)) return { key, size: stats.size, modifiedAt, ...oddName };
  return { key, size: stats.size, modifiedAt, problem: 'unreadable', ...oddName };
};

/**
 * The mode bits answer for almost every file without asking the disk again; where they say no, an access list
 * may still say yes. Where they are wrong the other way, opening the file tells (`failed(unreadable)`).
 */
const mayRead = async (path: string | Buffer, { mode, uid, gid }: Stats): Promise<boolean> => {
  const me = process.geteuid?.();
  // Windows has no such bits, and root is not bound by them.
  if ((mode & 0o444) === 0o444 || me === undefined || me === 0) return true;
  if (uid === me ? (mode & 0o400) !== 0 : (mode & 0o040) !== 0 && myGroups().has(gid)) return true;
  try {
    await (await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)).close();
    return true;
  } catch {
    return false;
  }
};

let groups: ReadonlySet<number> | undefined;
const myGroups = (): ReadonlySet<number> => {
  groups ??= new Set([...(process.getgroups?.() ?? []), process.getegid?.() ?? -1]);
  return groups;
};

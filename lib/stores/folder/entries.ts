// What a name in a folder is as a listed entry: a picture, or a thing that cannot be read as one.
import { constants, lstat, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Entry } from '../../compare/entry.ts';
import { IncompleteListing } from '../errors.ts';
import { codeOf, messageOf } from './refusals.ts';

/** A name of a folder: where it is, and the key it is listed as (a directory's ends in `/`). */
export interface Named {
  readonly path: string | Buffer;
  readonly key: string;
}

/**
 * In their order, all at once. undefined: the file vanished since its folder was read, which is what a listing a
 * moment later would have said. One promise for all of them: with one for each, 58,300 files take twice the CPU and
 * leave so much garbage that memory grows with the folder.
 */
export const entriesAt = async (names: readonly Named[]): Promise<(Entry | undefined)[]> => {
  const entries = await new Promise<(Entry | Undecided | undefined)[]>((resolve, reject) => {
    const found: (Entry | Undecided | undefined)[] = new Array(names.length);
    let open = names.length;
    if (open === 0) resolve(found);
    names.forEach((named, i) => {
      lstat(named.path, (error, stats) => {
        try {
          found[i] = error ? absent(named, error) : entryOf(named, stats);
        } catch (broken) {
          reject(broken);
        }
        if (--open === 0) resolve(found);
      });
    });
  });
  return entries.some(isUndecided) ? Promise.all(entries.map(decided)) : (entries as (Entry | undefined)[]);
};

/** Its mode bits say that it may not be read, and only opening it tells whether that is so. */
interface Undecided {
  readonly entry: Entry;
  readonly path: string | Buffer;
}

const isUndecided = (one: Entry | Undecided | undefined): one is Undecided => one !== undefined && 'entry' in one;

const decided = async (one: Entry | Undecided | undefined): Promise<Entry | undefined> => {
  if (!isUndecided(one)) return one;
  return (await opens(one.path)) ? one.entry : { problem: 'unreadable', ...one.entry };
};

const absent = ({ path, key }: Named, error: NodeJS.ErrnoException): undefined => {
  if (codeOf(error) === 'ENOENT' && !key.endsWith('/')) return undefined;
  throw new IncompleteListing(`cannot look at ${path}: ${messageOf(error)}`);
};

const entryOf = (named: Named, stats: Stats): Entry | Undecided => {
  const entry = wellFormedEntryOf(named, stats);
  // Rare, so the usual entry stays one flat object.
  return named.key.isWellFormed() ? entry : { ...('entry' in entry ? entry.entry : entry), problem: 'notUtf8' };
};

const wellFormedEntryOf = ({ path, key }: Named, stats: Stats): Entry | Undecided => {
  const wantsFolder = key.endsWith('/');
  if (stats.isDirectory() !== wantsFolder) throw new IncompleteListing(`${path} changed its kind while being listed`);
  const modifiedAt = Math.floor(modifiedMs(stats));
  if (wantsFolder) return { key, size: 0, modifiedAt, directory: true };
  if (stats.isSymbolicLink()) return { key, size: 0, modifiedAt, problem: 'link' };
  if (!stats.isFile()) return { key, size: 0, modifiedAt, problem: 'specialFile' };
  const entry = { key, size: stats.size, modifiedAt };
  return bitsAllow(stats) ? entry : { entry, path };
};

/** A camera's clock may run years ahead; nothing was written later than the file system, where it tells, saw it change. */
const modifiedMs = ({ mtimeMs, ctimeMs }: Stats): number =>
  mtimeMs > Date.now() && ctimeMs > 0 ? Math.min(mtimeMs, ctimeMs) : mtimeMs;

/**
 * The mode bits answer for almost every file without asking the disk again; where they say no, an access list
 * may still say yes. Where they are wrong the other way, opening the file tells (`failed(unreadable)`).
 */
const bitsAllow = ({ mode, uid, gid }: Stats): boolean => {
  const me = process.geteuid?.();
  // Windows has no such bits, and root is not bound by them.
  if ((mode & 0o444) === 0o444 || me === undefined || me === 0) return true;
  return uid === me ? (mode & 0o400) !== 0 : (mode & 0o040) !== 0 && myGroups().has(gid);
};

const opens = async (path: string | Buffer): Promise<boolean> => {
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

// Gives a finished temporary file its name: exclusively, or in place of exactly the version that was read.
import { type BigIntStats, constants } from 'node:fs';
import { copyFile, link, lstat, rename, utimes } from 'node:fs/promises';
import type { WriteGuard, WriteResult } from '../store.ts';
import { factsOf } from './facts.ts';
import { fileTimeOf } from './file-time.ts';
import { codeOf, type Failure, failed, isAbsence, refusesHardLinks } from './refusals.ts';
import { Temporaries } from './temporaries.ts';

/** The two calls that decide everything; tests hand in ones that fail as other file systems do. */
export interface Naming {
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

export const NAMING: Naming = { link, rename };

export class Placement {
  readonly #naming: Naming;

  constructor(naming: Naming = NAMING) {
    this.#naming = naming;
  }

  /** Why the picture cannot be placed as things stand; undefined where it can. */
  async occupied(target: string, guard: WriteGuard): Promise<WriteResult | undefined> {
    const stats = await lstat(target, { bigint: true }).catch((error: unknown) => {
      if (isAbsence(error)) return undefined;
      throw error;
    });
    if (guard.kind === 'create') {
      if (stats === undefined) return undefined;
      return (await obstacleAt(target, 'file')) ?? { outcome: 'occupied' };
    }
    const { was } = guard;
    if (stats?.isFile() !== true) return { outcome: 'occupied' };
    // The very arithmetic that `was` went through: a double rounds some nanoseconds up to the next millisecond.
    const { size, modifiedAt, version } = factsOf(target, stats);
    const isSame = size === was.size && modifiedAt === was.modifiedAt && version === (was.version ?? version);
    return isSame ? undefined : { outcome: 'occupied' };
  }

  /** The temporary file stays where it is after a create, under both names; whoever made it removes it. */
  async place(temporary: string, target: string, guard: WriteGuard): Promise<WriteResult> {
    try {
      return await this.#place(temporary, target, guard);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
      return this.#placeFromBeside(temporary, target, guard);
    }
  }

  async #place(temporary: string, target: string, guard: WriteGuard): Promise<WriteResult> {
    if (guard.kind === 'replace') {
      const changed = await this.occupied(target, guard);
      if (changed !== undefined) return changed;
      const ours = await lstat(temporary, { bigint: true });
      try {
        await this.#naming.rename(temporary, target);
      } catch (error) {
        // On a network share it may have happened, and only the answer was lost.
        if (!isOne(ours, await statsAt(target))) throw error;
      }
      return { outcome: 'written' };
    }
    try {
      // A link, because it alone is exclusive: rename would silently take the place of a picture.
      await this.#naming.link(temporary, target);
      return { outcome: 'written' };
    } catch (error) {
      // Asked again by a network share's client, it even says that something is there.
      if (isOne(await statsAt(temporary), await statsAt(target))) return { outcome: 'written' };
      if (codeOf(error) === 'EEXIST') return (await obstacleAt(target, 'file')) ?? { outcome: 'occupied' };
      if (refusesHardLinks(error))
        return failed(
          'noHardLinks',
          'the file system has no hard links (exFAT, some network shares), without which a picture could be overwritten: choose a folder on another one, such as ext4, XFS, NTFS or APFS',
        );
      throw error;
    }
  }

  /** Another disk is mounted below the root: no link or rename reaches across, so the picture moves over first. */
  async #placeFromBeside(temporary: string, target: string, guard: WriteGuard): Promise<WriteResult> {
    const beside = Temporaries.beside(target);
    try {
      await copyFile(temporary, beside, constants.COPYFILE_EXCL);
      const time = fileTimeOf((await lstat(temporary)).mtimeMs);
      if (time !== undefined) await utimes(beside, time, time);
      return await this.#place(beside, target, guard);
    } finally {
      await Temporaries.remove(beside);
    }
  }
}

const statsAt = (path: string): Promise<BigIntStats | null> => lstat(path, { bigint: true }).catch(() => null);

/** File systems without inodes call every file's 0. */
const isOne = (one: BigIntStats | null, other: BigIntStats | null): boolean =>
  one !== null && other !== null && one.ino !== 0n && one.ino === other.ino && one.dev === other.dev;

/** What stands where a picture (or a marker's folder) should: undefined where it is of the same kind, or gone again. */
export const obstacleAt = async (path: string, wanted: 'file' | 'folder'): Promise<Failure | undefined> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || (wanted === 'file' ? stats.isFile() : stats.isDirectory())) return undefined;
  const [kind, name] = stats.isDirectory()
    ? ['Folder', 'a folder']
    : stats.isSymbolicLink()
      ? ['Link', 'a link']
      : stats.isFile()
        ? ['File', 'a file']
        : ['SpecialFile', 'a special file'];
  return failed(`occupiedBy${kind}`, `${name} stands there on the destination`);
};

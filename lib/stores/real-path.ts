// The path a folder really has, also while the end of it does not exist yet.
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Links resolved as far as the path exists; the rest is kept as it was written. */
export const realPathOf = (absolute: string): string => {
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(realPathOf(parent), basename(absolute));
  }
};

/**
 * Whether `inner` is `outer` or lies below it. Folders are known by their inodes too, because a second mount of
 * the same disk, or a file system that folds case, gives one folder two real paths.
 */
export const isWithin = (inner: string, outer: string): boolean => {
  const there = identityOf(outer);
  for (let folder = inner; ; folder = dirname(folder)) {
    if (folder === outer || (there !== undefined && identityOf(folder) === there)) return true;
    if (folder === dirname(folder)) return false;
  }
};

const identityOf = (folder: string): string | undefined => {
  const stats = statSync(folder, { bigint: true, throwIfNoEntry: false });
  // Inode 0 is what a file system says that has none.
  return stats === undefined || stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`;
};

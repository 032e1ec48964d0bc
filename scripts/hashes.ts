// Takes the SHA-256 of every file below a folder. Imports nothing from lib: it judges what lib did.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';

export type Hashes = ReadonlyMap<string, string>;

/** By path relative to the folder; none where there is no such folder. */
export const hashesOf = async (folder: string): Promise<Hashes> => {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const hashed = await pMap(files, async (file) => [relative(folder, file), await sha256(file)] as const, {
    concurrency: 16,
  });
  return new Map(hashed.flatMap(([key, hash]) => (hash === undefined ? [] : [[key, hash]])));
};

/** undefined: not to be read under this name (no UTF-8, no permission), so no copy can be made of it either. */
const sha256 = async (file: string): Promise<string | undefined> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  return hash.digest('hex');
};

/** Keys whose picture is not what it has to be. */
export const differing = (expected: Hashes, found: Hashes): string[] =>
  [...expected].filter(([key, hash]) => found.get(key) !== hash).map(([key]) => key);

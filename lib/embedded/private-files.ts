// Small files of the state folder that hold secrets: whole or not there at all, and readable by their user only.
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, type Stats } from 'node:fs';
import { chmod, open, rename, rm, stat } from 'node:fs/promises';
import { UsageError } from '../stores/usage-error.ts';

/** Windows tells neither owners nor rights this way: there a user's folders are closed to others as they are. */
const me = (): number | undefined => process.geteuid?.();
export const isAnothers = ({ uid }: Stats): boolean => me() !== undefined && uid !== me();
export const isOpenToOthers = ({ mode }: Stats, rights = 0o077): boolean => me() !== undefined && (mode & rights) !== 0;

/** Whoever opened the old file goes on seeing the old one; nobody ever sees a new one with other rights. */
export const writePrivate = async (path: string, text: string): Promise<void> => {
  const unfinished = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

/** undefined: there is none, or others wrote it or could have read it: then it is no secret of this user's. */
export const readPrivate = async (path: string): Promise<string | undefined> => {
  try {
    // A link may lead to anybody's file.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stats = await file.stat();
      return isAnothers(stats) || isOpenToOthers(stats) ? undefined : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
};

/** Makes it, empty, where there is none. Opened and closed in one go: closing lets go of any lock this process has on it. */
export const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/** Takes others' rights to a file away, if there is one. Throws `UsageError` for another user's, who could give them back. */
export const takeFromOthers = async (path: string): Promise<void> => {
  try {
    const stats = await stat(path);
    if (isAnothers(stats)) {
      throw new UsageError(
        `${path} belongs to another user (uid ${stats.uid}) and is not used: run picferry as that user, or name another folder with --state-dir`,
      );
    }
    if (isOpenToOthers(stats)) await chmod(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

/** 256 bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
export const isSecret = (text: unknown): text is string => typeof text === 'string' && /^[A-Za-z0-9_-]{43}$/.test(text);

/** A secret with a file of its own, made by the first who asks. */
export const keptSecret = async (path: string): Promise<string> => {
  const kept = (await readPrivate(path))?.trim();
  if (isSecret(kept)) return kept;
  const secret = newSecret();
  await writePrivate(path, `${secret}\n`);
  return secret;
};

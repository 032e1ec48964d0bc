// Half-written pictures stand here until they are whole: `<root>/.picferry/`, swept of what dead processes left.
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { PRIVATE_FOLDER, TEMPORARY } from './paths.ts';
import { codeOf } from './refusals.ts';
import type { RootFolder } from './root.ts';

export interface Temporary {
  readonly path: string;
  readonly handle: FileHandle;
}

/** A process id says nothing on another machine that mounts the same folder. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const STALE_AFTER_MS = 24 * 60 * 60_000;

export class Temporaries {
  readonly #root: RootFolder;
  readonly #folder: string;
  #ready: Promise<void> | undefined;

  constructor(root: RootFolder) {
    this.#root = root;
    this.#folder = join(root.path, PRIVATE_FOLDER);
  }

  async create(): Promise<Temporary> {
    await this.#prepared();
    try {
      return await this.#open();
    } catch (error) {
      // Another process that finished removed the empty folder.
      if (codeOf(error) !== 'ENOENT') throw error;
      this.#ready = undefined;
      await this.#prepared();
      return this.#open();
    }
  }

  /** A name beside the target, for folders on another disk than the root. */
  static beside(target: string): string {
    return join(dirname(target), `${PRIVATE_FOLDER}-${randomBytes(8).toString('hex')}.tmp`);
  }

  /** Removes what dead processes of this machine left, and whatever is older than a day. Nothing else is touched. */
  async sweep(now = Date.now()): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      if ((await isStale(name, path, now)) && (await removes(path))) removed += 1;
    }
    return removed;
  }

  /** Takes the folder away once it is empty, so that nothing but pictures stays behind. */
  async close(): Promise<void> {
    if (this.#ready === undefined) return;
    this.#ready = undefined;
    await rmdir(this.#folder).catch(() => undefined);
  }

  async #open(): Promise<Temporary> {
    const path = join(this.#folder, `${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
    return { path, handle: await open(path, 'wx') };
  }

  async #prepared(): Promise<void> {
    this.#ready ??= this.#prepare();
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    await this.#root.create();
    try {
      await mkdir(this.#folder);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!(await lstat(this.#folder)).isDirectory())
        throw Object.assign(new Error(`${this.#folder} is in the way: it must be a folder`), { code: 'EACCES' });
      await this.sweep();
    }
  }
}

/** By the time of the inode: the file's own time is set to the picture's before it gets its name. */
const isStale = async (name: string, path: string, now: number): Promise<boolean> => {
  const [, host, pid] = TEMPORARY.exec(name) ?? [];
  if (host === undefined || pid === undefined) return false;
  if (host === HOST && !isAlive(Number(pid))) return true;
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isFile() === true && now - stats.ctimeMs > STALE_AFTER_MS;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

const removes = (path: string): Promise<boolean> =>
  unlink(path).then(
    () => true,
    () => false,
  );

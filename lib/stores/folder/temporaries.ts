// Half-written pictures stand here until they are whole: `<root>/.picferry/`, swept of what dead processes left.
import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BESIDE, PRIVATE_FOLDER, TEMPORARY } from './paths.ts';
import { codeOf } from './refusals.ts';
import type { RootFolder } from './root.ts';

export interface Temporary {
  readonly path: string;
  readonly handle: FileHandle;
}

/** A process id says nothing on another machine that mounts the same folder. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** Of this process, being written. Its number alone says nothing either: in a container it was the killed one's, too. */
const underWay = new Set<string>();
const STALE_AFTER_MS = 24 * 60 * 60_000;

const newName = (): string => `${HOST}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`;

export class Temporaries {
  readonly #root: RootFolder;
  readonly #folder: string;
  #ready: Promise<void> | undefined;
  #tidies = false;
  readonly #beside = new Set<string>();

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
    const path = join(dirname(target), `${PRIVATE_FOLDER}-${newName()}`);
    underWay.add(path);
    return path;
  }

  /** Its picture has its name, or will never have it. What cannot be removed now, the next run removes. */
  static async remove(path: string): Promise<void> {
    await removes(path);
    underWay.delete(path);
  }

  /** A listing came by a temporary file beside a picture. */
  found(path: string): void {
    this.#beside.add(path);
  }

  /** For whoever is going to write here: clears away what dead runs left, at once and, as listings find it, at the end. */
  async tidy(): Promise<void> {
    this.#tidies = true;
    // In the place of the folder may stand a link to somebody else's.
    if ((await lstat(this.#folder).catch(() => undefined))?.isDirectory() !== true) return;
    await this.sweep();
    await this.#removeFolder();
  }

  /** Removes what dead processes of this machine left, and whatever is older than a day. Nothing else is touched. */
  async sweep(now = Date.now()): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      if ((await isStale(TEMPORARY.exec(name), path, now)) && (await removes(path))) removed += 1;
    }
    return removed;
  }

  /** Takes the folder away once it is empty, so that nothing but pictures stays behind. */
  async close(): Promise<void> {
    if (this.#tidies) {
      for (const path of this.#beside)
        if (await isStale(BESIDE.exec(basename(path)), path, Date.now())) await removes(path);
      this.#beside.clear();
    }
    if (this.#ready === undefined) return;
    this.#ready = undefined;
    await this.#removeFolder();
  }

  /** Not while somebody's file is in it. */
  #removeFolder(): Promise<void> {
    return rmdir(this.#folder).catch(() => undefined);
  }

  async #open(): Promise<Temporary> {
    const path = join(this.#folder, newName());
    underWay.add(path);
    try {
      return { path, handle: await open(path, 'wx') };
    } catch (error) {
      underWay.delete(path);
      throw error;
    }
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
const isStale = async (name: RegExpExecArray | null, path: string, now: number): Promise<boolean> => {
  if (name === null || underWay.has(path)) return false;
  const [, host, pid] = name;
  if (host === HOST && !isAlive(Number(pid))) return true;
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isFile() === true && now - stats.ctimeMs > STALE_AFTER_MS;
};

const isAlive = (pid: number): boolean => {
  if (pid === process.pid) return false;
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

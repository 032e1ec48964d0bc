// The folder a store stands on: whether it is there, and still the one that was opened.
// An unmounted disk leaves an empty mount point behind; taken for the store, it would say "nothing here".
import type { Stats } from 'node:fs';
import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { IncompleteListing, StoreRefused } from '../errors.ts';
import type { PlaceBelow } from './paths.ts';
import { codeOf } from './refusals.ts';

/** How long a folder that was reached without a link is trusted: thousands of pictures go into one folder in a row. */
const TRUSTED_FOR_MS = 1_000;

export class RootFolder {
  readonly path: string;
  readonly #missingIsEmpty: boolean;
  readonly #reached = new Set<string>();
  #reachedSince = 0;
  #seen: { readonly dev: number; readonly ino: number } | undefined;

  constructor(path: string, missingIsEmpty: boolean) {
    this.path = path;
    this.#missingIsEmpty = missingIsEmpty;
  }

  /** Throws unless the folder is there (or may be missing and never was there). */
  async check(): Promise<'present' | 'absent'> {
    const stats = await this.#stats();
    if (stats === undefined) {
      if (this.#missingIsEmpty && this.#seen === undefined) return 'absent';
      throw new StoreRefused(`the folder ${this.path} ${this.#seen === undefined ? 'does not exist' : 'has vanished'}`);
    }
    if (!stats.isDirectory()) throw new StoreRefused(`${this.path} is not a folder`);
    this.#seen ??= { dev: stats.dev, ino: stats.ino };
    if (this.#seen.dev !== stats.dev || this.#seen.ino !== stats.ino)
      throw new IncompleteListing(`the folder ${this.path} was replaced or unmounted meanwhile`);
    return 'present';
  }

  /** Makes the folder on the first write; one that was there and vanished is not made anew. */
  async create(): Promise<void> {
    if ((await this.check()) === 'present') return;
    await mkdir(this.path, { recursive: true });
    await this.check();
  }

  /**
   * Whether the folder a picture stands in is reached without a link. A link may point outside the root, and below
   * it the same picture would have two keys, so none is followed. Throws ENOENT where there is no such folder.
   */
  async reaches({ parents }: Pick<PlaceBelow, 'parents'>): Promise<boolean> {
    const folder = parents.at(-1);
    if (folder === undefined || this.#isTrusted(folder)) return true;
    // File systems that fold case or accents spell the real path differently: look at each folder then.
    if ((await realpath(folder)) !== folder)
      for (const parent of parents) if ((await lstat(parent)).isSymbolicLink()) return false;
    this.#reached.add(folder);
    return true;
  }

  #isTrusted(folder: string): boolean {
    const now = performance.now();
    if (now - this.#reachedSince > TRUSTED_FOR_MS) {
      this.#reached.clear();
      this.#reachedSince = now;
    }
    return this.#reached.has(folder);
  }

  async #stats(): Promise<Stats | undefined> {
    try {
      return await stat(this.path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new StoreRefused(`the folder ${this.path} cannot be read: ${(error as Error).message}`);
    }
  }
}

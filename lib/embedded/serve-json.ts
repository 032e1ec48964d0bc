// serve.json: where `serve` listens and the token it asks for, while it does. The CLI with --api reads it; nobody else can.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrivate, writePrivate } from './private-files.ts';

export interface ServeJson {
  readonly url: string;
  readonly token: string;
  /** Of the process that serves, or was killed while it did. */
  readonly pid: number;
}

export const serveJsonPath = (stateDir: string): string => join(stateDir, 'serve.json');

export const writeServeJson = (stateDir: string, content: ServeJson): Promise<void> =>
  writePrivate(serveJsonPath(stateDir), `${JSON.stringify(content)}\n`);

/** Its port may be somebody else's from now on. One that another process wrote stays. */
export const removeServeJson = async (stateDir: string, pid: number): Promise<void> => {
  const path = serveJsonPath(stateDir);
  if (pidIn(await readPrivate(path)) === pid) await rm(path, { force: true });
};

const pidIn = (text = 'null'): unknown => {
  try {
    return (JSON.parse(text) as Partial<ServeJson> | null)?.pid;
  } catch {
    return undefined;
  }
};

// Lists as gzipped JSON lines: written whole, read as a stream.
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { constants, createGunzip, gzip } from 'node:zlib';
import type { ReportFiles } from './ports.ts';

const compress = promisify(gzip);

/** Z_FILTERED wins 3 % on lines that differ in a few digits only; members concatenate to one valid gzip file. */
const GZIP = { level: 9, memLevel: 9, strategy: constants.Z_FILTERED };

export const gzipLines = <T>(entries: readonly T[], lineOf: (entry: T) => object): Promise<Buffer> => {
  let text = '';
  for (const entry of entries) text += `${JSON.stringify(lineOf(entry))}\n`;
  return compress(text, GZIP);
};

/** Throws where the file is missing, cut short or no JSON. */
export async function* readLines<T>(files: ReportFiles, path: string): AsyncGenerator<T> {
  const compressed = await files.open(path);
  const text = createGunzip();
  // readline would end quietly on a broken stream; the error is kept and thrown after the last line.
  let broken: Error | undefined;
  const onBroken = (error: Error) => {
    broken ??= error;
    text.end();
    text.destroy();
  };
  compressed.on('error', onBroken);
  text.on('error', onBroken);
  compressed.pipe(text);
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line) yield JSON.parse(line) as T;
  }
  if (broken) throw new Error(`The list ${path} cannot be read: ${broken.message}`, { cause: broken });
}

export const readJson = async <T>(files: ReportFiles, path: string): Promise<T> => {
  const body = await files.read(path);
  if (!body) throw new Error(`${files.where(path)} is gone: it was deleted, or it expired.`);
  return JSON.parse(body.toString('utf8')) as T;
};

export const writeJson = (files: ReportFiles, path: string, value: unknown): Promise<void> =>
  files.write(path, `${JSON.stringify(value)}\n`);

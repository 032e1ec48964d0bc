// Lists as gzipped JSON lines: written whole, read as a stream, and read as nothing but pictures.
import { isUtf8 } from 'node:buffer';
import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGunzip, gzip } from 'node:zlib';
import type { CopyLine } from '../stores/copy.ts';
import { UnreadableFile } from './errors.ts';
import type { ReportFiles } from './ports.ts';

const compress = promisify(gzip);

/** Z_FILTERED wins 3 % on lines that differ in a few digits only; members concatenate to one valid gzip file. */
const GZIP = { level: 9, memLevel: 9, strategy: constants.Z_FILTERED };

export const gzipLines = <T>(entries: readonly T[], lineOf: (entry: T) => object): Promise<Buffer> => {
  let text = '';
  for (const entry of entries) text += `${JSON.stringify(lineOf(entry))}\n`;
  return compress(text, GZIP);
};

/** Throws where the file is missing, cut short, or not what was written: whoever may write there may have changed it. */
export async function* readLines(files: ReportFiles, path: string): AsyncGenerator<CopyLine> {
  const text = pipeline(await files.open(path), createGunzip(), () => {});
  try {
    for await (const line of linesIn(text)) yield pictureIn(line);
  } catch (error) {
    throw new UnreadableFile(`The list ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** A key of 4 KB with every byte escaped, and a sentence of why it failed, take a tenth. A bomb is one line of gigabytes. */
const LINE_MAX_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

async function* linesIn(text: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of text as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, end);
      yield rest.length === 0 ? line : Buffer.concat([rest, line]);
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > LINE_MAX_BYTES) throw new Error(`it has a line of more than ${LINE_MAX_BYTES} bytes`);
  }
  if (rest.length > 0) throw new Error('its last line has no end');
}

const pictureIn = (line: Buffer): CopyLine => {
  const value: unknown = isUtf8(line) ? jsonIn(line) : undefined;
  if (typeof value !== 'object' || value === null) throw new Error(NO_PICTURE);
  const { key, size } = value as Partial<Record<keyof CopyLine, unknown>>;
  if (typeof key !== 'string' || !isSize(size)) throw new Error(NO_PICTURE);
  return { key, size };
};

const NO_PICTURE = 'a line of it is no picture';

export const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** undefined: it is none. */
export const jsonIn = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** `isRight` judges what was read back: a file in a bucket is not always what was written. */
export const readJson = async <T>(
  files: ReportFiles,
  path: string,
  isRight: (value: unknown) => boolean = () => true,
): Promise<T> => {
  const body = await files.read(path);
  if (!body) throw new Error(`${files.where(path)} is gone: it was deleted, or it expired.`);
  const value = jsonIn(body);
  if (value !== undefined && isRight(value)) return value as T;
  throw new UnreadableFile(`${path} cannot be read: it is not what was written there. Start a new migration.`);
};

export const writeJson = (files: ReportFiles, path: string, value: unknown): Promise<void> =>
  files.write(path, `${JSON.stringify(value)}\n`);

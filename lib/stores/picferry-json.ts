// Reads ./picferry.json, where stores have names, and prices may be others than the table's.
import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedStores } from './picferry-json-schema.ts';
import { type PriceChanges, type Prices, pricesWith } from './prices.ts';
import { UsageError } from './usage-error.ts';

export type { NamedStore, NamedStores } from './picferry-json-schema.ts';

export const PICFERRY_JSON = 'picferry.json';

export interface PicferryJson {
  readonly stores: NamedStores;
  /** Instead of the table's. */
  readonly prices?: PriceChanges;
}

/** No file: no names. A file that cannot be used is an error that names the file and the field. */
export const readPicferryJson = async (cwd: string): Promise<PicferryJson> => {
  const path = join(cwd, PICFERRY_JSON);
  let text: string;
  try {
    text = await textAt(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { stores: {} };
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const { picferryJsonSchema } = await import('./picferry-json-schema.ts');
  const judged = picferryJsonSchema.safeParse(parsed(text, path));
  if (judged.success) {
    const { stores, prices } = judged.data;
    return { stores, ...(prices && { prices }) };
  }
  const complaints = judged.error.issues.map((issue) => {
    // zod keeps what is wrong with a record's key one level down.
    const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : undefined) ?? issue;
    return `${issue.path.join('.') || 'the file'}: ${message}`;
  });
  throw new UsageError(`${path} cannot be used: ${complaints.join('; ')}`);
};

/** The table's, as far as the file says nothing else. */
export const readPrices = async (cwd: string): Promise<Prices> => pricesWith((await readPicferryJson(cwd)).prices);

/** Stores of thousands of cameras take less. */
const MAX_BYTES = 1024 * 1024;

/** Looked at before it is opened: a pipe would be waited for, and what is no text would name other folders than were meant. */
const textAt = async (path: string): Promise<string> => {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('it is no file');
  if (stats.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024} KiB`);
  const bytes = await readFile(path);
  if (!isUtf8(bytes)) throw new Error('it is not UTF-8');
  return bytes.toString('utf8');
};

const parsed = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
};

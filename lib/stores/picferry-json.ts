// Reads ./picferry.json, where stores have names.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedStores } from './picferry-json-schema.ts';
import { UsageError } from './usage-error.ts';

export type { NamedStore, NamedStores } from './picferry-json-schema.ts';

export const PICFERRY_JSON = 'picferry.json';

/** No file: no names. A file that cannot be used is an error that names the file and the field. */
export const readPicferryJson = async (cwd: string): Promise<NamedStores> => {
  const path = join(cwd, PICFERRY_JSON);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const { picferryJsonSchema } = await import('./picferry-json-schema.ts');
  const judged = picferryJsonSchema.safeParse(parsed(text, path));
  if (judged.success) return judged.data.stores;
  const complaints = judged.error.issues.map((issue) => {
    // zod keeps what is wrong with a record's key one level down.
    const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : undefined) ?? issue;
    return `${issue.path.join('.') || 'the file'}: ${message}`;
  });
  throw new UsageError(`${path} cannot be used: ${complaints.join('; ')}`);
};

const parsed = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UsageError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
};

// What the two targets that read lists share: a list is read as pictures, or refused by the name of its file.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { readLines } from '../../../../lib/workflow/lines.ts';
import type { ReportFiles } from '../../../../lib/workflow/ports.ts';
import { unlessRejected } from '../refusals.ts';

export const LINE_WORDS: readonly string[] = [
  ...[
    '{"key":"a","size":1}\n',
    '"key":',
    '"size":',
    '"key":null',
    '"size":-1',
    '"size":1e400',
    '"size":"1"',
    '{}\n',
    'null\n',
  ],
  ...[
    '"__proto__":{"key":"b"}',
    '{"key":{"toString":1}}',
    '[]\n',
    '\\ud800',
    '\\u0000',
    ',"finding":"archived"',
    '1\n',
  ],
];

/** Only `open` is asked for. */
export const filesWith = (body: Buffer): ReportFiles =>
  ({ open: async () => Readable.from([body]), read: async () => body }) as unknown as ReportFiles;

export const checkList = async (body: Buffer): Promise<void> => {
  await unlessRejected(async () => {
    for await (const { key, size } of readLines(filesWith(body), 'migrations/x/copy-list/1.jsonl.gz')) {
      assert.ok(typeof key === 'string', 'a key is text');
      assert.ok(Number.isSafeInteger(size) && size >= 0, `${size} is a size`);
    }
  }, 'UnreadableFile');
};

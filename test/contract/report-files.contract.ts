// What every implementation of ReportFiles promises to the workflow.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ReportFiles } from '../../lib/workflow/ports.ts';

export interface ReportFilesTwin {
  readonly files: ReportFiles;
  close(): Promise<void> | void;
}

const opened = async (files: ReportFiles, path: string): Promise<Buffer> =>
  Buffer.concat(await (await files.open(path)).toArray());

const chunksOf = async function* (...chunks: readonly (string | Uint8Array | Error)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
};

export const reportFilesContract = (name: string, open: () => Promise<ReportFilesTwin>): void => {
  describe(`report files: ${name}`, () => {
    let twin: ReportFilesTwin;
    let files: ReportFiles;
    before(async () => {
      twin = await open();
      files = twin.files;
    });
    after(() => twin.close());

    const path = (file: string): string => `migrations/01hx-m1/round-1/${file}`;

    for (const [what, body] of [
      ['text', 'é\n'],
      ['bytes', Buffer.from([0, 255, 10, 13])],
      ['nothing', Buffer.alloc(0)],
    ] as const) {
      test(`${what} that is written is read and streamed`, async () => {
        await files.write(path(what), body);
        assert.deepEqual(await files.read(path(what)), Buffer.from(body));
        assert.deepEqual(await opened(files, path(what)), Buffer.from(body));
      });
    }

    test('a file that is not there reads as undefined, and does not open', async () => {
      assert.equal(await files.read(path('none.json')), undefined);
      await assert.rejects(files.open(path('none.json')));
    });

    test('tells whether a file is there, also an empty one, and takes no folder for one', async () => {
      await files.write(path('there/full.json'), '{}');
      await files.write(path('there/empty.json'), '');
      for (const [file, there] of [
        ['there/full.json', true],
        ['there/empty.json', true],
        ['there/none.json', false],
        ['there', false],
        ['nowhere/none.json', false],
      ] as const) {
        assert.equal(await files.has(path(file)), there, file);
      }
    });

    test('a second write replaces the first', async () => {
      await files.write(path('again.json'), 'a longer first text');
      await files.write(path('again.json'), 'second');
      assert.equal(String(await files.read(path('again.json'))), 'second');
    });

    test('writeAll joins its chunks in their order', async () => {
      await files.writeAll(path('copy-list/joined.jsonl.gz'), chunksOf('one ', 'two ', '', 'three'));
      assert.equal(String(await files.read(path('copy-list/joined.jsonl.gz'))), 'one two three');
    });

    test('writeAll of no chunks makes an empty file', async () => {
      await files.writeAll(path('empty.jsonl.gz'), chunksOf());
      assert.deepEqual(await files.read(path('empty.jsonl.gz')), Buffer.alloc(0));
    });

    test('writeAll takes far more than one part of an upload', async () => {
      const chunk = (fill: number): Buffer => Buffer.alloc(3 * 1024 * 1024, fill);
      const chunks = [1, 2, 3, 4, 5, 6, 7].map(chunk);
      await files.writeAll(path('large.jsonl.gz'), chunksOf(...chunks));
      assert.ok((await opened(files, path('large.jsonl.gz'))).equals(Buffer.concat(chunks)));
    });

    for (const [what, chunks] of [
      ['at once', []],
      ['after some chunks', ['some', 'thing']],
      ['after the first part', [Buffer.alloc(9 * 1024 * 1024), 'x']],
    ] as const) {
      test(`a writeAll that breaks ${what} leaves what was there`, async () => {
        const place = path(`broken-${what.replaceAll(' ', '-')}`);
        const broken = (): Promise<void> => files.writeAll(place, chunksOf(...chunks, new Error('cut off')));
        await assert.rejects(broken(), /cut off/);
        assert.equal(await files.read(place), undefined);
        await files.write(place, 'whole');
        await assert.rejects(broken(), /cut off/);
        assert.equal(String(await files.read(place)), 'whole');
      });
    }

    test('says where people find a file', () => {
      assert.ok(files.where(path('report.json')).endsWith(path('report.json')));
    });
  });
};

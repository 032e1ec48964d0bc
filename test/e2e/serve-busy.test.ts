// Four syncs of 58,300 pictures side by side in one serve: whoever asks how far they are is answered all the while.
import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportView } from '../../lib/api/resources.ts';
import { lastFirst } from '../support/cleanup.ts';
import { scratchFolder } from '../support/scratch.ts';
import { startServe } from '../support/serve-process.ts';

const PICTURES = 58_300;
const OLD = new Date('2026-02-01T00:00:00Z');
/** ext4 gives one file 65,000 names at most. */
const NAMES_PER_FILE = 40_000;

/** A picture every 10 seconds, 1 KB each. They are names of few files: what is read and written is the same, and it is made in seconds. */
const plantPictures = (folder: string, contents: string): void => {
  mkdirSync(contents, { recursive: true });
  for (let i = 0; i < PICTURES; i++) {
    const content = join(contents, `${Math.floor(i / NAMES_PER_FILE)}`);
    if (i % NAMES_PER_FILE === 0) {
      writeFileSync(content, `${i}`.padEnd(1_024, '.'));
      utimesSync(content, OLD, OLD);
    }
    const name = new Date(Date.UTC(2026, 0, 1) + 10_000 * i).toISOString().replace(/\D/g, '').slice(0, 14);
    const day = join(folder, 'cam1/pictures', name.slice(0, 8));
    if (i % 8_640 === 0) mkdirSync(day, { recursive: true });
    linkSync(content, join(day, `${name}.jpg`));
  }
};

const filesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;

describe('four syncs of 58,300 pictures in one serve', () => {
  test('every GET of a migration and of its report is answered 200 meanwhile', async (t) => {
    const context = lastFirst((fn) => t.after(fn));
    const root = await scratchFolder(context);
    const clients = ['one', 'two', 'three', 'four'];
    for (const client of clients) plantPictures(join(root, client, 'old'), join(root, client, 'contents'));
    const allow = clients.flatMap((client) =>
      ['old', 'new'].flatMap((side) => ['--allow', `${side}-${client}=${join(root, client, side)}`]),
    );
    const serve = await startServe(context, join(root, 'state'), allow);
    const ids = await Promise.all(
      clients.map((client) =>
        serve.start({ source: `old-${client}`, destination: `new-${client}`, mode: 'sync', options: {} }),
      ),
    );

    let asked = 0;
    const watch = async (id: string): Promise<void> => {
      for (let ended = false; !ended; await sleep(100)) {
        // A migration that has ended is asked for once more: its last report counts as well.
        const detail = await serve.migration(id);
        const report = await serve.ask('GET', `/migrations/${id}/report`);
        assert.equal(report.status, 200, report.body);
        assert.equal((JSON.parse(report.body) as ReportView).report.id, id);
        asked += 2;
        ended = detail.endedAt !== undefined;
      }
    };
    await Promise.all(ids.map(watch));
    assert.ok(asked > 4 * 2 * 10, `asked ${asked} times`);

    for (const [i, client] of clients.entries()) {
      const { status, outcomes, remaining } = await serve.migration(ids[i]!);
      assert.equal(status, 'done');
      assert.equal(outcomes.copied.count, PICTURES);
      assert.equal(remaining.count, 0);
      assert.equal(filesIn(join(root, client, 'new')), PICTURES);
    }
    serve.signal('SIGTERM');
    assert.equal((await serve.ended).code, 0);
  });
});

// The missing list: shards are read several at once and joined in key order; one that was cut breaks it.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UnreadableFile } from '../../lib/workflow/errors.ts';
import { writeMissingList } from '../../lib/workflow/missing-list.ts';
import type { ShardRef } from '../../lib/workflow/payloads.ts';
import type { ReportFiles } from '../../lib/workflow/ports.ts';

const given = (count: number) => {
  const bodies = Array.from({ length: count }, (_, n) => gzipSync(`${n}\n`));
  const shards = bodies.map((body, n) => ({
    ...{ path: String(n), finding: 'missingOnDestination' as const, gzipBytes: body.length, range: n, sequence: n },
    ...{ count: 1, bytes: 1, listedAt: 0, newest: 0, oldest: 0 },
  }));
  const seen = { open: 0, atOnce: 0, written: Buffer.alloc(0) };
  const files = {
    open: async (path: string) => {
      seen.atOnce = Math.max(seen.atOnce, ++seen.open);
      // The later ones answer first.
      await sleep(Number(path) % 4 === 0 ? 5 : 1);
      seen.open--;
      return Readable.from([bodies[Number(path)]!]);
    },
    writeAll: async (_: string, chunks: AsyncIterable<Uint8Array>) => {
      const all: Uint8Array[] = [];
      for await (const chunk of chunks) all.push(chunk);
      seen.written = Buffer.concat(all);
    },
  } as unknown as ReportFiles;
  return { files, shards: shards as readonly ShardRef[], seen };
};

test('shards stand in key order, whichever was read first, and some are read at once', async () => {
  const { files, shards, seen } = given(100);
  await writeMissingList(files, 'm', shards);
  assert.equal(gunzipSync(seen.written).toString(), shards.map(({ path }) => `${path}\n`).join(''));
  assert.ok(seen.atOnce > 4 && seen.atOnce <= 16, `${seen.atOnce} at once`);
});

test('a shard that was cut breaks the list instead of ending it', async () => {
  const { files, shards } = given(5);
  const cut = shards.map((shard, n) => (n === 3 ? { ...shard, gzipBytes: shard.gzipBytes + 1 } : shard));
  await assert.rejects(writeMissingList(files, 'm', cut), UnreadableFile);
});

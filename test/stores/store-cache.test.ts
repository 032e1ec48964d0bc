// A store is opened once per side, and one that could not be opened is tried afresh.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createStoreCache } from '../../lib/stores/store-cache.ts';

describe('the store cache', () => {
  test('hands out one store for a spec and a side', async (t) => {
    const path = await realpath(await mkdtemp(join(tmpdir(), 'picferry-cache-')));
    t.after(() => rm(path, { recursive: true }));
    const cache = createStoreCache();
    const spec = { type: 'folder', path } as const;
    const store = await cache.open(spec, 'source');
    assert.equal(await cache.open({ ...spec }, 'source'), store);
    assert.notEqual(await cache.open(spec, 'destination'), store);
    await cache.close();
  });

  test('opens a source that was missing at first', async (t) => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'picferry-cache-')));
    t.after(() => rm(root, { recursive: true }));
    const cache = createStoreCache();
    const spec = { type: 'folder', path: join(root, 'mounted-later') } as const;
    await assert.rejects(cache.open(spec, 'source'));
    await mkdir(spec.path);
    assert.equal((await cache.open(spec, 'source')).spec.type, 'folder');
    await cache.close();
  });
});

// Every streamed copy ends with one outcome, whatever goes wrong on the way.
import assert from 'node:assert/strict';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { CopyAction, CopyOutcome } from '../../lib/stores/copy.ts';
import { StoreRefused, StoreUnavailable } from '../../lib/stores/errors.ts';
import { openFolderStore } from '../../lib/stores/folder/store.ts';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';
import { openRoute, probeSameService } from '../../lib/stores/route.ts';
import type { Store } from '../../lib/stores/store.ts';
import { openStreamRoute } from '../../lib/stores/stream-copy.ts';
import { madeUpPicture } from '../support/pictures.ts';
import { harvest, plant, scratchFolder } from '../support/scratch.ts';
import { scriptedS3 } from '../support/scripted-s3.ts';

const OPTIONS = { sameService: false, tags: true, memory: createMemoryBudget(1 << 20) };

interface Setting {
  readonly source: string;
  readonly destination: string;
  copy(
    line: { key: string; size: number },
    action?: CopyAction,
    changed?: { source?: Partial<Store>; destination?: Partial<Store> },
  ): Promise<CopyOutcome>;
}

const setting = async (t: TestContext): Promise<Setting> => {
  const [source, destination] = [await scratchFolder(t), await scratchFolder(t)];
  const open = (path: string) => openFolderStore({ type: 'folder', path }, { missingIsEmpty: true });
  return {
    source,
    destination,
    copy: async (line, action = 'create', changed = {}) => {
      const from = { ...(await open(source)), ...changed.source };
      const to = { ...(await open(destination)), ...changed.destination };
      const route = openStreamRoute(from, to, OPTIONS, { retryDelayMs: 1 });
      const outcome = await route.copy(line, { action, listedAt: Date.now() + 60_000 });
      await to.close();
      return outcome;
    },
  };
};

const said = (outcome: CopyOutcome): string =>
  outcome.outcome === 'failed' ? `failed(${outcome.reason})` : outcome.outcome;

describe('every copy ends with one outcome', () => {
  const A = { key: 'cam1/a.jpg', size: 7 };
  type Case = [
    what: string,
    action: CopyAction,
    make: (s: Setting) => Promise<unknown>,
    expected: string,
    after: Record<string, string>,
  ];
  const source = { 'cam1/a.jpg': 'picture' };
  const cases: Case[] = [
    ['missing', 'create', (s) => plant(s.source, source), 'copied', source],
    [
      'there by now',
      'create',
      async (s) => [await plant(s.source, source), await plant(s.destination, { 'cam1/a.jpg': 'arrived' })],
      'alreadyThere',
      { 'cam1/a.jpg': 'arrived' },
    ],
    [
      'another one there by now',
      'create',
      async (s) => [await plant(s.source, source), await plant(s.destination, { 'cam1/a.jpg': 'other' })],
      'failed(differentOnDestination)',
      { 'cam1/a.jpg': 'other' },
    ],
    [
      'a folder there',
      'create',
      async (s) => [await plant(s.source, source), await plant(s.destination, { 'cam1/a.jpg/': '' })],
      'failed(occupiedByFolder)',
      {},
    ],
    ['gone', 'create', async () => undefined, 'goneFromSource', {}],
    ['changed', 'create', (s) => plant(s.source, { 'cam1/a.jpg': 'longer now' }), 'changedOnSource', {}],
    [
      'replaced',
      'replace',
      async (s) => [await plant(s.source, source), await plant(s.destination, { 'cam1/a.jpg': 'old' })],
      'replaced',
      source,
    ],
    ['to be replaced, but gone there', 'replace', (s) => plant(s.source, source), 'copied', source],
    [
      'to be replaced, but gone here',
      'replace',
      (s) => plant(s.destination, { 'cam1/a.jpg': 'old' }),
      'goneFromSource',
      { 'cam1/a.jpg': 'old' },
    ],
  ];
  for (const [what, action, make, expected, after] of cases)
    test(`${what}: ${expected}`, async (t) => {
      const s = await setting(t);
      await make(s);
      assert.equal(said(await s.copy(A, action)), expected);
      assert.deepEqual(await harvest(s.destination), after);
    });

  test('what changes on the destination while being replaced is left alone', async (t) => {
    const s = await setting(t);
    await plant(s.source, source);
    await plant(s.destination, { 'cam1/a.jpg': 'old' });
    const unchanged = async () => {
      await writeFile(join(s.destination, 'cam1/a.jpg'), 'came in between');
      return true;
    };
    const read = async () => ({ ...madeUpPicture('picture'), unchanged });
    assert.equal(said(await s.copy(A, 'replace', { source: { read } })), 'failed(changedOnDestination)');
    assert.deepEqual(await harvest(s.destination), { 'cam1/a.jpg': 'came in between' });
  });

  test('what stood in the way and is gone again is no reason to give up', async (t) => {
    const s = await setting(t);
    await plant(s.source, source);
    await plant(s.destination, { 'cam1/a.jpg': 'passing' });
    let looks = 0;
    const facts = async () => {
      looks += 1;
      await rm(join(s.destination, 'cam1/a.jpg'));
      return undefined;
    };
    assert.equal(said(await s.copy(A, 'create', { destination: { facts } })), 'copied');
    assert.equal(looks, 1);
    assert.deepEqual(await harvest(s.destination), source);
  });

  test('file times travel', async (t) => {
    const s = await setting(t);
    await plant(s.source, source);
    await utimes(join(s.source, 'cam1/a.jpg'), 1_700_000_000.124, 1_700_000_000.124);
    await s.copy(A);
    const copied = await (
      await openFolderStore({ type: 'folder', path: s.destination }, { missingIsEmpty: false })
    ).facts(A.key);
    assert.equal(copied?.modifiedAt, Math.floor(1_700_000_000_124));
  });
});

describe('a body that breaks off', () => {
  const A = { key: 'a', size: 200_000 };
  const breaking = (times: number) => {
    const reads = { count: 0 };
    const read = async () => {
      reads.count += 1;
      return reads.count <= times
        ? madeUpPicture(Buffer.alloc(100_000), { facts: { size: A.size }, breaks: new Error('ECONNRESET') })
        : madeUpPicture(Buffer.alloc(A.size, 'x'));
    };
    return { reads, source: { read } };
  };

  test('is read afresh, a few times', async (t) => {
    const s = await setting(t);
    const { reads, source } = breaking(3);
    assert.equal(said(await s.copy(A, 'create', { source })), 'copied');
    assert.equal(reads.count, 4);
    assert.deepEqual(await harvest(s.destination), { a: 'x'.repeat(A.size) });
  });

  test('again and again is a source that is unavailable; nothing is kept', async (t) => {
    const s = await setting(t);
    const { reads, source } = breaking(99);
    const outcome = await s.copy(A, 'create', { source });
    assert.deepEqual(outcome, { outcome: 'failed', reason: 'sourceUnavailable', detail: 'ECONNRESET' });
    assert.equal(reads.count, 4);
    assert.deepEqual(await harvest(s.destination), {});
  });
});

describe('never throws for one picture', () => {
  const boom = (error: Error) => async () => {
    throw error;
  };
  const cases: [what: string, changed: { source?: Partial<Store>; destination?: Partial<Store> }, expected: string][] =
    [
      ['the source refuses', { source: { read: boom(new StoreRefused('no')) } }, 'failed(accessDenied)'],
      ['the source is away', { source: { read: boom(new StoreUnavailable('503')) } }, 'failed(sourceUnavailable)'],
      ['the destination refuses', { destination: { write: boom(new StoreRefused('no')) } }, 'failed(accessDenied)'],
      [
        'the destination is away',
        { destination: { write: boom(new StoreUnavailable('503')) } },
        'failed(destinationUnavailable)',
      ],
      [
        'the destination may not be looked at',
        { destination: { facts: boom(new StoreRefused('no')), write: async () => ({ outcome: 'occupied' }) } },
        'failed(accessDenied)',
      ],
      [
        'something nobody thought of',
        { destination: { write: boom(new TypeError('?')) } },
        'failed(destinationUnavailable)',
      ],
    ];
  for (const [what, changed, expected] of cases)
    test(what, async (t) => {
      const s = await setting(t);
      await plant(s.source, { a: 'x' });
      assert.equal(said(await s.copy({ key: 'a', size: 1 }, 'create', changed)), expected);
    });
});

test('folders are never copied on the service side, whatever a record says', async (t) => {
  const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
  await plant(from, { a: 'x' });
  const source = await openFolderStore({ type: 'folder', path: from }, { missingIsEmpty: false });
  const destination = await openFolderStore({ type: 'folder', path: to }, { missingIsEmpty: true });
  assert.equal(await probeSameService(source, destination, 'a'), false);
  const route = openRoute(source, destination, { ...OPTIONS, sameService: true });
  const outcome = await route.copy({ key: 'a', size: 1 }, { action: 'create', listedAt: Date.now() + 60_000 });
  assert.deepEqual(outcome, { outcome: 'copied' });
  assert.deepEqual(await harvest(to), { a: 'x' });
});

describe('a source that sends no more', () => {
  for (const [what, size] of [
    ['a small picture, gathered', 1_000],
    ['a large one, streamed', 3_000_000],
  ] as const)
    test(`is not waited for once the copy is given up: ${what}`, { timeout: 20_000 }, async (t) => {
      const body = Buffer.alloc(size, 'x');
      const headers = { 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT' };
      await using s3 = await scriptedS3(() => ({ headers, body, dripMs: 600_000 }));
      const folder = await scratchFolder(t);
      const to = await openFolderStore({ type: 'folder', path: folder }, { missingIsEmpty: true });
      const route = openStreamRoute(await s3.store(), to, OPTIONS, { retryDelayMs: 1 });
      const giveUp = new AbortController();
      setTimeout(() => giveUp.abort(), 200);
      const task = { action: 'create', listedAt: Date.now(), giveUp: giveUp.signal } as const;
      assert.deepEqual(await route.copy({ key: 'a', size }, task), { outcome: 'givenUp' });
      await to.close();
      assert.deepEqual(await harvest(folder), {});
    });
});

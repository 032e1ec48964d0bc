// "Only if newer": one rule for which picture is the later one, and what a streamed copy makes of it.
import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openFolderStore } from '../../lib/stores/folder/store.ts';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';
import { isLater, keptOutcome } from '../../lib/stores/newer.ts';
import type { PictureFacts } from '../../lib/stores/store.ts';
import { openStreamRoute } from '../../lib/stores/stream-copy.ts';
import { harvest, plant, scratchFolder } from '../support/scratch.ts';

const facts = (modifiedAt: number, originalTime?: number): PictureFacts => ({
  size: 1,
  modifiedAt,
  metadata: {},
  ...(originalTime === undefined ? {} : { originalTime }),
});

describe('the later picture', () => {
  const table: [what: string, source: PictureFacts, destination: PictureFacts, later: boolean][] = [
    ['the original times decide where both have one', facts(1, 20), facts(2, 10), true],
    ['also against the times of storing', facts(2, 10), facts(1, 20), false],
    ['equal original times are not later', facts(2, 10), facts(1, 10), false],
    ['only the source has one: the times of storing decide', facts(1, 20), facts(2), false],
    ['only the destination has one: the times of storing decide', facts(2), facts(1, 20), true],
    ['neither has one: the times of storing decide', facts(2), facts(1), true],
    ['equal times of storing are not later', facts(1), facts(1), false],
  ];
  for (const [what, source, destination, later] of table)
    test(what, () => assert.equal(isLater(source, destination), later));
});

describe('a streamed copy that replaces only what is older', () => {
  const table: [what: string, destinationSeconds: number, onlyIfNewer: boolean, expected: string][] = [
    ['older there: replaced', 1_000, true, 'source'],
    ['newer there: kept', 3_000, true, 'there'],
    ['newer there, but overwriting was asked for: replaced', 3_000, false, 'source'],
  ];
  for (const [what, destinationSeconds, onlyIfNewer, expected] of table)
    test(what, async (t) => {
      const [from, to] = [await scratchFolder(t), await scratchFolder(t)];
      await plant(from, { a: 'source' });
      await utimes(join(from, 'a'), 2_000, 2_000);
      await plant(to, { a: 'there' });
      await utimes(join(to, 'a'), destinationSeconds, destinationSeconds);
      const source = await openFolderStore({ type: 'folder', path: from }, { missingIsEmpty: false });
      const destination = await openFolderStore({ type: 'folder', path: to }, { missingIsEmpty: false });
      const memory = createMemoryBudget(1 << 20);
      const route = openStreamRoute(source, destination, { sameService: false, tags: false, memory });
      const task = { action: 'replace', onlyIfNewer, listedAt: Date.now() + 60_000 } as const;
      const outcome = await route.copy({ key: 'a', size: 6 }, task);
      await destination.close();
      const kept = outcome.outcome === 'failed' && outcome.reason === 'newerOnDestination';
      assert.equal(kept, expected === 'there');
      assert.deepEqual(await harvest(to), { a: expected });
    });
});

describe('a replacement that finds nothing older', () => {
  const ofMoment = (originalTime: number | undefined, size: number): PictureFacts => ({
    ...{ size, modifiedAt: 1, metadata: {} },
    ...(originalTime === undefined ? {} : { originalTime }),
  });
  for (const [what, source, destination, outcome] of [
    [
      'of the same moment and size: the copy that was made and not committed',
      ofMoment(5, 3),
      ofMoment(5, 3),
      'alreadyThere',
    ],
    ['of a later moment', ofMoment(5, 3), ofMoment(6, 3), 'failed'],
    ['of the same moment and another size', ofMoment(5, 3), ofMoment(5, 4), 'failed'],
    ['of the same size, its moment unknown', ofMoment(undefined, 3), ofMoment(undefined, 3), 'failed'],
  ] as const) {
    test(`${what}: ${outcome}`, () => assert.equal(keptOutcome(source, destination).outcome, outcome));
  }
});

// Bad input: exit 2, one sentence that says the way out, nothing started and nothing written, not even the state folder.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { picferry } from '../support/picferry.ts';
import { harvest, plant, scratchFolder } from '../support/scratch.ts';

/** Arguments, and what the sentence must say. `$` stands for the test's folder. */
const TABLE: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['an unknown store name', ['sync', 'old', '$/new'], /old.*\.\/old/s],
  ['the same folder twice', ['sync', '$/old', '$/old'], /same/i],
  ['the same folder in two ways', ['sync', '$/old', '$/new/../old/'], /same/i],
  ['the same bucket twice', ['check', 's3://pictures/cam1', 's3://pictures/cam1/'], /same/i],
  ['one folder inside the other', ['sync', '$/old', '$/old/cam1'], /inside|below/i],
  ['one prefix below the other', ['sync', 's3://pictures', 's3://pictures/backup/'], /inside|below/i],
  ['a state folder inside a store', ['sync', '$/old', '$/new', '--state-dir', '$/new/state'], /state/i],
  ['a store inside the state folder', ['sync', '$/old', '$/new', '--state-dir', '$'], /state/i],
  ['a source that is not there', ['sync', '$/nowhere', '$/new'], /nowhere/],
  ['a source that is a file', ['sync', '$/old/cam1/1.jpg', '$/new'], /is a file/],
  ['a date that is none', ['check', '$/old', '$/new', '--captured-after', '2026-13-01'], /ISO 8601/],
  ['a day that no calendar has', ['check', '$/old', '$/new', '--captured-after', '2026-02-30'], /ISO 8601/],
  [
    'a span that ends before it begins',
    ['check', '$/old', '$/new', '--modified-after', '2026-02-01', '--modified-before', '2026-01-01'],
    /no picture can lie/,
  ],
  ['a duration that is none', ['check', '$/old', '$/new', '--min-age', 'soon'], /duration/],
  ['no requests at all', ['sync', '$/old', '$/new', '--tpslimit', '0'], /requests a second, from 0\.1/],
  ['a bandwidth without a unit', ['sync', '$/old', '$/new', '--bwlimit', '500'], /500k, 10M/],
  ['a cost that is none', ['sync', '$/old', '$/new', '--max-cost', '5USD'], /US dollars, such as 5 or 0\.50/],
  ['no cost at all', ['sync', '$/old', '$/new', '--max-cost', '0'], /more than 0/],
  ['no copies at once', ['sync', '$/old', '$/new', '--concurrency', '0'], /whole number/],
  [
    'an unknown way with differences',
    ['sync', '$/old', '$/new', '--on-different', 'delete'],
    /keep.*overwrite.*newer/s,
  ],
  ['a key pattern that is no expression', ['check', '$/old', '$/new', '--key-pattern', '('], /--key-pattern/],
  ['a storage class for a folder', ['sync', '$/old', '$/new', '--storage-class', 'STANDARD_IA'], /--storage-class/],
  ['an endpoint for a folder', ['sync', '$/old', '$/new', '--source-endpoint-url', 'http://127.0.0.1:9'], /endpoint/],
  ['a bucket name that is none', ['sync', 's3://Not_A_Bucket!', '$/new'], /bucket/i],
  ['a missing destination', ['sync', '$/old'], /destination.*missing/],
  ['--only without --from', ['sync', '$/old', '$/new', '--only', 'failed'], /--from/],
  ['stores beside --from', ['sync', '$/old', '$/new', '--from', '20260101-000000-abcdef'], /--from/],
  ['an id nobody has', ['sync', '--from', '20260101-000000-abcdef'], /20260101-000000-abcdef.*picferry list/s],
  ['show of an id nobody has', ['show', '20260101-000000-abcdef'], /20260101-000000-abcdef/],
  ['report of an id nobody has', ['report', '20260101-000000-abcdef'], /20260101-000000-abcdef/],
  ['an unknown command', ['delete', '$/old'], /unknown command/],
  ['an unknown option', ['sync', '$/old', '$/new', '--delete'], /unknown option/],
];

describe('refused before anything starts', () => {
  for (const [what, args, says] of TABLE) {
    test(what, async (t) => {
      const folder = await scratchFolder(t);
      await plant(folder, { 'old/cam1/1.jpg': 'a picture', 'new/': '' });
      const before = await harvest(folder);
      const stateDir = join(folder, 'state');
      const given = args.map((arg) => arg.replace('$', folder));
      const state = given.includes('--state-dir') ? [] : ['--state-dir', stateDir];
      const ran = await picferry([...given, ...(args[0] === 'delete' ? [] : state)], { cwd: folder });
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, says);
      assert.equal(ran.stdout, '');
      assert.ok(!existsSync(stateDir), 'no state folder was made');
      assert.deepEqual(await harvest(folder), before);
    });
  }

  test('a picferry.json that is broken, by its name', async (t) => {
    const folder = await scratchFolder(t);
    await plant(folder, { 'picferry.json': '{"stores": {"old": {"bucket": 7}}}' });
    const ran = await picferry(['check', 'old', './new', '--state-dir', join(folder, 'state')], { cwd: folder });
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /picferry\.json/);
    assert.match(ran.stderr, /bucket/);
  });
});

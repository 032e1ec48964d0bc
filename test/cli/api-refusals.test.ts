// With --api: what cannot be meant is refused with exit 2 and one sentence, and the API never hears of it.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { picferry } from '../support/picferry.ts';
import { plant, scratchFolder } from '../support/scratch.ts';
import { scriptedS3 } from '../support/scripted-s3.ts';

/** `@` stands for the API's URL, `$` for the test's folder. */
const WITH_API: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['a folder', ['sync', '$/old', 'new', '--api', '@'], /source "\/.*old" is none: name it in picferry\.json/],
  ['a relative folder', ['check', 'old', './new', '--api', '@'], /destination "\.\/new" is none/],
  ['a bucket', ['sync', 'old', 's3://new/cam1/', '--api', '@'], /destination "s3:\/\/new\/cam1\/" is none/],
  ["somebody's home", ['sync', '~ada', 'new', '--api', '@'], /source "~ada" is none/],
  ['an empty name', ['sync', '', 'new', '--api', '@'], /source "" is none/],
  [
    'a store flag',
    ['sync', 'old', 'new', '--source-endpoint-url', 'https://s3.example.org', '--api', '@'],
    /--source-endpoint-url means nothing.*picferry\.json/,
  ],
  [
    'another store flag',
    ['check', 'old', 'new', '--destination-profile', 'field', '--api', '@'],
    /--destination-profile/,
  ],
  [
    'a store flag beside --from',
    ['sync', '--from', 'x', '--source-region', 'eu-west-1', '--api', '@'],
    /--source-region/,
  ],
  ['stores beside --from', ['sync', 'old', 'new', '--from', 'x', '--api', '@'], /--from/],
  ['a missing destination', ['sync', 'old', '--api', '@'], /destination.*missing/],
  ['a glob that is none', ['sync', 'old', 'new', '--include', '[a', '--api', '@'], /--include \[a/],
  [
    'a span that ends before it begins',
    ['sync', 'old', 'new', '--captured-after', '2026-02-01', '--captured-before', '2026-01-01', '--api', '@'],
    /no picture can lie/,
  ],
  ['a URL that is none', ['list', '--api', 'example'], /--api example: expected the URL/],
  ['a server on the net over plain http', ['list', '--api', 'http://example.org'], /plain http/],
  [
    'a schedule of folders',
    ['schedule', 'add', 'n', 'rate(1 day)', '$/old', '$/new', '--api', '@'],
    /a schedule goes by the names.*deploy/,
  ],
  [
    'a report opened and downloaded',
    ['report', 'x', '--open', '--download', '$/x', '--api', '@'],
    /cannot be used with/,
  ],
];

/** Where migrations live in the process of their command. */
const WITHOUT_API: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['sync --detach', ['sync', '$/old', '$/new', '--detach'], /--detach needs.*picferry serve.*--api/],
  ['check --detach', ['check', '$/old', '$/new', '--detach'], /--detach needs.*picferry serve.*--api/],
  ['sync --from --detach', ['sync', '--from', 'x', '--detach'], /--detach needs.*picferry serve.*--api/],
  ['watch of an id nobody has', ['watch', 'nobody'], /no migration nobody in .*picferry list --state-dir/],
  ['cancel of an id nobody has', ['cancel', 'nobody'], /no migration nobody in .*picferry list --state-dir/],
  ['report --open of an id nobody has', ['report', 'nobody', '--open'], /no migration nobody/],
  ['report --download of an id nobody has', ['report', 'nobody', '--download', '$/x'], /no migration nobody/],
  [
    'a schedule of folders',
    ['schedule', 'add', 'n', 'rate(1 day)', '$/old', '$/new'],
    /a schedule goes by the names.*\.\/picferry\.json/,
  ],
  ['a schedule of a store nobody named', ['schedule', 'add', 'n', 'rate(1 day)', 'nobody', 'new'], /nobody/],
  ['a schedule that is none', ['schedule', 'add', 'n', 'daily', 'old', 'new'], /rate\(15 minutes\)/],
  ['a cron expression that is none', ['schedule', 'add', 'n', 'cron(0 2 * * *)', 'old', 'new'], /six fields/],
  [
    'a time zone that is none',
    ['schedule', 'add', 'n', 'rate(1 day)', 'old', 'new', '--time-zone', 'Mars/Base'],
    /time zone/,
  ],
  ["a schedule's name that is none", ['schedule', 'add', 'a b', 'rate(1 day)', 'old', 'new'], /letters, digits/],
  ['removal of a schedule nobody has', ['schedule', 'remove', 'nobody'], /no schedule/],
];

const given = async (t: Parameters<typeof scratchFolder>[0]): Promise<string> => {
  const folder = await scratchFolder(t);
  const stores = { old: { folder: './old' }, new: { folder: './new' } };
  await plant(folder, { 'old/1.jpg': 'one', 'new/': '', 'picferry.json': JSON.stringify({ stores }) });
  return folder;
};
const LEFT = ['new', 'old', 'picferry.json'];

describe('refused before anything is asked of the API', () => {
  for (const [what, args, says] of WITH_API) {
    test(what, async (t) => {
      const folder = await given(t);
      await using api = await scriptedS3(() => ({ status: 500 }));
      const filled = args.map((arg) => arg.replace('@', api.endpointUrl).replace('$', folder));
      const ran = await picferry(filled, { cwd: folder, env: { PICFERRY_TOKEN: 'word' } });
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, says);
      assert.equal(ran.stderr.trimEnd().split('\n').length, 1, ran.stderr);
      assert.equal(ran.stdout, '');
      assert.deepEqual(api.seen, []);
      assert.deepEqual((await readdir(folder)).sort(), LEFT);
    });
  }

  test('with PICFERRY_API, the way back to this machine is told', async (t) => {
    const folder = await given(t);
    await using api = await scriptedS3(() => ({ status: 500 }));
    const ran = await picferry(['sync', './old', './new'], { cwd: folder, env: { PICFERRY_API: api.endpointUrl } });
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, /PICFERRY_API is set.*unset PICFERRY_API or give --state-dir/);
    assert.deepEqual(api.seen, []);
  });
});

describe('refused on this machine, and nothing is written', () => {
  for (const [what, args, says] of WITHOUT_API) {
    test(what, async (t) => {
      const folder = await given(t);
      const filled = args.map((arg) => arg.replace('$', folder));
      const ran = await picferry([...filled, '--state-dir', './state'], { cwd: folder });
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, says);
      assert.equal(ran.stderr.trimEnd().split('\n').length, 1, ran.stderr);
      assert.equal(ran.stdout, '');
      assert.deepEqual((await readdir(folder)).sort(), LEFT);
    });
  }
});

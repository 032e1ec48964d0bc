// Whatever pictures are called: each arrives byte for byte under its very name, or is refused by name in a list, and nothing else happens.
import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { readMigration } from '../../../lib/workflow/record.ts';
import { run } from '../../support/embedded-migration.ts';
import { ODD_KEYS } from '../../support/odd-keys.ts';
import { proved, STORES } from '../ledger.ts';
import { namedBy } from '../named.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';

const HTML = '<img src=x onerror="alert(1)">';

/** Besides ODD_KEYS: what no folder takes, and what a folder could be tricked with. */
const IMPOSSIBLE_IN_FOLDERS = [
  ...[
    'nul\0.jpg',
    'a/../../up.jpg',
    'a/./b',
    '//',
    '/',
    '/etc/passwd',
    'cam/..',
    'cam/.',
    '../..',
    '.picferry/x/y.jpg',
  ],
  ...[
    '.picferry/',
    '.picferry',
    '.picferry-0123abcd-1-0123456789abcdef.tmp',
    'cam/.picferry-0123abcd-1-0123456789abcdef.tmp',
  ],
  ...['cam/.picferry/0123abcd-1-0123456789abcdef.tmp', `${'x'.repeat(256)}.jpg`, `cam/${'\u{1f4f7}'.repeat(64)}`],
  ...['.picferry-0123abcd-1-0123456789abcdef.tmp/inside.jpg'],
];
const POSSIBLE = [
  ...[
    `${HTML}.jpg`,
    '</script><script>.jpg',
    '..\\..\\up.jpg',
    'C:\\windows.jpg',
    'COM1',
    'aux.jpg',
    'trailing. ',
    '...',
    '.. ',
  ],
  ...[
    '%2e%2e%2fup.jpg',
    '%00.jpg',
    'A.jpg',
    'a.jpg',
    'ｆｕｌｌ.jpg',
    'ﬁ.jpg',
    'x'.repeat(255),
    '\u001b]0;title\u0007.jpg',
    '\u202egpj.exe',
  ],
  ...[
    '.picferry-short.tmp',
    'cam/.picferry/picture.jpg',
    '.Picferry/x.jpg',
    '-rf',
    '$(id).jpg',
    '`id`',
    "';--",
    '\ufeff.jpg',
    '\ufffd.jpg',
  ],
  ...[
    '__proto__',
    'constructor/prototype.jpg',
    'toString',
    '&toString;.jpg',
    '&amp;amp;.jpg',
    ']]>.jpg',
    '<!--',
    '\u0085',
    '\u2028.jpg',
  ],
];
/** What no two of stand in one folder: the first that is copied keeps the other from it. */
const CLASHING = ['clash/a', 'clash/a/b', 'clash/m', 'clash/m/'];

const KEYS = [...new Set([...ODD_KEYS, ...POSSIBLE, ...IMPOSSIBLE_IN_FOLDERS, ...CLASHING])];

const HOW =
  'pictures are called by path tricks, device names, markup, control characters, NUL, names of 255 and more bytes, keys of 1,024 bytes, names of Picferry’s own temporaries, prefixes of each other, composed and decomposed';

const REFUSED_BY_FOLDERS = /^failed: (keyNotAllowed|nameTooLong|occupiedBy(File|Folder))$/;

/** A folder cannot hold everything: what it holds is planted past Picferry. */
const plant = async ({ source, stores }: World): Promise<readonly string[]> => {
  if (source.bucket) {
    // Markers become directories in a folder, and no pictures: test/contract/store/odd-keys.ts looks at those.
    const isMarker = (key: string): boolean =>
      stores === 'S3 → folder' && key.endsWith('/') && !IMPOSSIBLE_IN_FOLDERS.includes(key);
    const keys = KEYS.filter((key) => !isMarker(key));
    for (const key of keys) await source.put(key, contentOf(key));
    return keys;
  }
  assert.ok(stores.startsWith('folder') && source.spec.type === 'folder');
  const planted: string[] = [];
  for (const key of [...ODD_KEYS, ...POSSIBLE]) {
    const path = `${source.spec.path}/${key}`;
    // Exactly this name, or none: `join` and the system would fold what is folded.
    if (key.endsWith('/') || join(path) !== path || key.split('/')[0] === '.picferry') continue;
    const made = await mkdir(dirname(path), { recursive: true })
      .then(() => writeFile(path, contentOf(key), { flag: 'wx' }))
      .then(
        () => true,
        () => false,
      );
    if (made) planted.push(key);
  }
  return planted;
};

const contentOf = (key: string): string => (key.endsWith('/') ? '' : `the picture ${JSON.stringify(key)}`);

describe('hostile names', () => {
  for (const stores of STORES) {
    test(stores, async (t) => {
      const world = await givenWorld(t, { stores, pageSize: 7 });
      const keys = await plant(world);
      assert.ok(keys.length >= 60, `${keys.length} names`);
      const before = await snapshotOf(world);
      const outside = await everythingIn(world);
      const host = await world.host();
      const { id, report } = await run(host, world.request('sync', { minAgeMs: 0 }));
      assert.equal(report.status, 'done', report.message);
      await proveNothingLost({ world, before, host, id, options: { minAgeMs: 0 } });
      const named = await namedBy((await readMigration(host.records, id))!, host);
      const there = await world.destination.content();
      const refused = keys.filter((key) => !there.has(key));
      const toFolder = world.destination.bucket === undefined;
      for (const key of refused) {
        assert.ok(toFolder, `${JSON.stringify(key)} did not arrive on S3`);
        const said = named.get(key) ?? [];
        assert.ok(
          said.some((one) => REFUSED_BY_FOLDERS.test(one)),
          `${JSON.stringify(key)}: ${said.join()}`,
        );
      }
      if (toFolder && world.source.bucket) {
        const notRefused = IMPOSSIBLE_IN_FOLDERS.filter((key) => !refused.includes(key));
        assert.deepEqual(notRefused, [], 'what no folder can hold is refused');
        // At most one of each clashing pair is kept from its place.
        const lost = refused.filter((key) => POSSIBLE.includes(key));
        assert.deepEqual(lost, [], 'what a folder can hold arrives');
      }
      assert.deepEqual(await everythingIn(world), outside, 'nothing is written anywhere else');
      await host.close();
      assert.deepEqual(await world.destination.leftovers(), []);
      await proveRerunCompletes({
        world,
        before,
        options: { minAgeMs: 0 },
        isExcluded: (key) => refused.includes(key),
      }).catch(unlessOnlyRefused(refused.length));
      proved({ fault: 'hostile names', how: HOW, stores, where: 'embedded', cases: keys.length });
    });
  }
});

/** What is refused by name goes on being missing, and the report says so. */
const unlessOnlyRefused =
  (refused: number) =>
  (error: Error): void => {
    if (refused === 0 || !/the report says so/.test(error.message)) throw error;
  };

/** Beside the two stores and the state folder. */
const everythingIn = async ({ folders: { root, source, destination, stateDir } }: World): Promise<string[]> => {
  const found: string[] = [];
  for (const name of await readdir(root)) {
    const path = join(root, name);
    if ([source, destination, stateDir].includes(path)) continue;
    found.push(path, ...((await lstat(path)).isDirectory() ? await readdir(path) : []));
  }
  return found;
};

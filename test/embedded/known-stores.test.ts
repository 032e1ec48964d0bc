// Which stores requests to serve may name: those of picferry.json and of --allow, and nothing by address or path.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { readKnownStores } from '../../lib/embedded/known-stores.ts';
import { plant, scratchFolder } from '../support/scratch.ts';

const STORES = {
  old: { folder: './old' },
  new: { bucket: 'new-pictures', prefix: 'cams', region: 'eu-central-1' },
  gone: { folder: './gone' },
  file: { folder: './file' },
  deep: { folder: './old/deep' },
  kept: { folder: './state/reports' },
  vault: { bucket: 'vault', secret: 'vault-keys' },
};

const given = async (t: TestContext, allow: readonly string[] = []) => {
  const cwd = await scratchFolder(t);
  await plant(cwd, { 'old/deep/': '', 'field/': '', 'state/reports/': '', file: 'x' });
  await writeFile(join(cwd, 'picferry.json'), JSON.stringify({ stores: STORES }));
  const stateDir = join(cwd, 'state');
  return { cwd, stores: await readKnownStores({ cwd, allow, stateDir, env: {} }) };
};

describe('the stores that serve knows', () => {
  test('are those of picferry.json, and those of --allow', async (t) => {
    const { cwd, stores } = await given(t, ['field=./field', 'archive=s3://archive-pictures/2026/cams']);
    assert.deepEqual(stores.names, [...Object.keys(STORES), 'field', 'archive']);
    assert.deepEqual(stores.resolve('old', 'source'), { type: 'folder', name: 'old', path: join(cwd, 'old') });
    assert.deepEqual(stores.resolve('field', 'source'), { type: 'folder', name: 'field', path: join(cwd, 'field') });
    assert.deepEqual(stores.resolve('archive', 'destination'), {
      ...{ type: 's3', name: 'archive', bucket: 'archive-pictures', prefix: '2026/cams/', createOnly: 'native' },
    });
  });

  for (const name of [
    './old',
    'old/',
    '/etc',
    's3://new-pictures/cams',
    '../x',
    '',
    '__proto__',
    'constructor',
    'OLD',
  ]) {
    test(`${JSON.stringify(name)} is none of them`, async (t) => {
      const { stores } = await given(t);
      assert.equal(stores.resolve(name, 'source'), undefined);
    });
  }

  test('picferry.json is read once: what is written into it later is not known', async (t) => {
    const { cwd, stores } = await given(t);
    await writeFile(join(cwd, 'picferry.json'), JSON.stringify({ stores: { later: { folder: './old' } } }));
    assert.equal(stores.resolve('later', 'source'), undefined);
    assert.ok(stores.resolve('old', 'source'));
  });

  test('one whose keys only a deployment can read is refused', async (t) => {
    const { stores } = await given(t);
    assert.throws(() => stores.resolve('vault', 'source'), { name: 'UsageError', message: /vault-keys/ });
  });

  for (const [source, destination, complaint] of [
    ['old', 'old', /the same store/],
    ['old', 'deep', /lies inside/],
    ['gone', 'new', /there is no folder/],
    ['file', 'new', /is a file/],
    ['old', 'file', /is a file/],
    ['old', 'kept', /state folder/],
    ['old', 'gone', undefined],
    ['old', 'new', undefined],
  ] as const) {
    test(`${source} -> ${destination} is ${complaint ? 'no pair' : 'a pair'}`, async (t) => {
      const { stores } = await given(t);
      const check = () =>
        stores.checkPair(stores.resolve(source, 'source')!, stores.resolve(destination, 'destination')!);
      if (complaint) assert.throws(check, { name: 'UsageError', message: complaint });
      else check();
    });
  }

  for (const [allow, complaint] of [
    [['old=./field'], /picferry\.json names a store "old" too/],
    [['field=./field', 'field=./old'], /stands twice/],
    [['./field'], /NAME=FOLDER/],
    [['=./field'], /NAME=FOLDER/],
    [['a/b=./field'], /NAME=FOLDER/],
    [['~me=./field'], /NAME=FOLDER/],
    [['field='], /neither a folder nor/],
    [['field=new'], /neither a folder nor/],
    [['field=https://example.com/x'], /neither a folder nor/],
    [['field=s3://'], /neither a folder nor/],
    [['field=s3://NO_BUCKET/'], /no bucket name/],
  ] as const) {
    test(`--allow ${allow.join(' --allow ')} is refused`, async (t) => {
      await assert.rejects(given(t, allow), { name: 'UsageError', message: complaint });
    });
  }

  test('without picferry.json and --allow there are none', async (t) => {
    const cwd = await scratchFolder(t);
    await mkdir(join(cwd, 'old'));
    const stores = await readKnownStores({ cwd, allow: [], stateDir: join(cwd, 'state'), env: {} });
    assert.deepEqual(stores.names, []);
    assert.equal(stores.resolve('old', 'source'), undefined);
  });
});

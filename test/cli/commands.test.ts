// The commands as a user runs them: what they print, where, and how they exit.
import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FINDINGS } from '../../lib/compare/findings.ts';
import { OUTCOMES } from '../../lib/compare/outcomes.ts';
import { picferry, resultIn } from '../support/picferry.ts';
import { plant, scratchFolder } from '../support/scratch.ts';

interface Given {
  readonly folder: string;
  run(...args: string[]): ReturnType<typeof picferry>;
}

const givenStores = async (t: Parameters<typeof scratchFolder>[0], files: Record<string, string>): Promise<Given> => {
  const folder = await scratchFolder(t);
  await plant(folder, { 'old/': '', 'new/': '', ...files });
  for (const path of Object.keys(files)) await utimes(join(folder, path), 1_700_000_000, 1_700_000_000);
  return { folder, run: (...args) => picferry([...args, '--state-dir', join(folder, 'state')], { cwd: folder }) };
};

describe('--help', () => {
  for (const args of [['--help'], ['sync', '--help']]) {
    test(`${args.join(' ')} says in its first lines that nothing is ever deleted`, async () => {
      const { code, stdout } = await picferry(args);
      assert.equal(code, 0);
      assert.match(stdout.split('\n').slice(0, 6).join('\n'), /[Nn]othing is ever deleted/);
    });
  }
});

describe('--json', () => {
  test('prints one object in which every name is always there', async (t) => {
    const { run } = await givenStores(t, { 'old/1.jpg': 'one' });
    const ran = await run('sync', './old', './new', '--json');
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(ran.stdout.trimEnd().split('\n').length, 1);
    const result = resultIn(ran);
    assert.deepEqual(Object.keys(result.findings).sort(), [...FINDINGS].sort());
    assert.deepEqual(Object.keys(result.outcomes).sort(), [...OUTCOMES].sort());
    for (const finding of FINDINGS)
      assert.deepEqual(Object.keys(result.findings[finding] ?? {}), ['source', 'destination']);
    assert.deepEqual(result.outcomes.copied, { count: 1, bytes: 3 });
    assert.equal(result.rounds, 2);
    assert.equal((JSON.parse(await readFile(result.report, 'utf8')) as { id: string }).id, result.id);
    assert.equal('cause' in result, false);
  });
});

describe('exit codes', () => {
  const TABLE: readonly (readonly [string, Record<string, string>, readonly string[], number])[] = [
    ['check of two alike', { 'old/1.jpg': 'one', 'new/1.jpg': 'one' }, ['check'], 0],
    ['check with a picture only on the destination', { 'new/1.jpg': 'one' }, ['check'], 0],
    ['check with one missing', { 'old/1.jpg': 'one' }, ['check'], 1],
    ['check with one that differs', { 'old/1.jpg': 'one', 'new/1.jpg': 'other' }, ['check'], 1],
    [
      'check with one that differs and would be overwritten',
      { 'old/1.jpg': 'one', 'new/1.jpg': 'other' },
      ['check', '--on-different', 'overwrite'],
      1,
    ],
    [
      'check --checksum with other content of the same size',
      { 'old/1.jpg': 'one', 'new/1.jpg': 'two' },
      ['check', '--checksum'],
      1,
    ],
    ['check without --checksum of the same', { 'old/1.jpg': 'one', 'new/1.jpg': 'two' }, ['check'], 0],
    ['sync --dry-run with one missing', { 'old/1.jpg': 'one' }, ['sync', '--dry-run'], 1],
    ['sync with one missing', { 'old/1.jpg': 'one' }, ['sync'], 0],
    ['sync that keeps one that differs', { 'old/1.jpg': 'one', 'new/1.jpg': 'other' }, ['sync'], 0],
    ['check of what a filter left out', { 'old/1.jpg': 'one' }, ['check', '--exclude', '*.jpg'], 0],
  ];
  for (const [what, files, [command, ...flags], code] of TABLE) {
    test(`${what}: ${code}`, async (t) => {
      const { run } = await givenStores(t, files);
      const ran = await run(command!, './old', './new', ...flags);
      assert.equal(ran.code, code, ran.stdout + ran.stderr);
    });
  }

  test('check with one that may still be being written: 1, and it is called settling', async (t) => {
    const { folder, run } = await givenStores(t, { 'old/1.jpg': 'one' });
    const now = Date.now() / 1_000;
    await utimes(join(folder, 'old/1.jpg'), now, now);
    const ran = await run('check', './old', './new', '--json');
    assert.equal(ran.code, 1);
    assert.equal(resultIn(ran).findings.settling?.source.count, 1);
    assert.equal((await run('check', './old', './new', '--min-age', '0', '--json')).code, 1);
  });
});

describe('list, show and report', () => {
  test('tell of the migrations of a state folder', async (t) => {
    const { run } = await givenStores(t, { 'old/1.jpg': 'one' });
    const { id } = resultIn(await run('check', './old', './new', '--json'));
    const { id: second } = resultIn(await run('sync', '--from', id, '--json'));
    const list = await run('list');
    assert.equal(list.code, 0);
    assert.ok(list.stdout.indexOf(second) < list.stdout.indexOf(id), 'newest first');
    const show = await run('show', second);
    assert.equal(show.code, 0);
    assert.match(show.stdout, new RegExp(second));
    assert.match(show.stdout, /done/);
    assert.match(show.stdout, /Round 1: +1 to copy, 1 copied\n/);
    const report = await run('report', second);
    assert.match(report.stdout, /Nothing missing/);
    assert.match(report.stdout, /missing\.jsonl\.gz/);
    const json = JSON.parse((await run('report', second, '--json')).stdout) as { id: string };
    assert.equal(json.id, second);
  });
});

describe('filters that leave out everything', () => {
  test('are warned about: nothing was compared', async (t) => {
    const { run } = await givenStores(t, { 'old/cam1/1.jpg': 'one' });
    assert.match((await run('check', './old', './new', '--include', 'cam1')).stderr, /filters left out every picture/);
  });
});

describe('an empty source', () => {
  test('facing pictures is warned about: it may be a disk that is not mounted', async (t) => {
    const { run } = await givenStores(t, { 'new/1.jpg': 'one' });
    assert.match((await run('check', './old', './new')).stderr, /warning: The source is empty/);
  });
});

describe('picferry.json', () => {
  test('names stores, so that picferry sync old new is enough', async (t) => {
    const { folder, run } = await givenStores(t, { 'old/1.jpg': 'one' });
    await plant(folder, {
      'picferry.json': JSON.stringify({ stores: { a: { folder: './old' }, b: { folder: './new' } } }),
    });
    const ran = await run('sync', 'a', 'b');
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(await readFile(join(folder, 'new/1.jpg'), 'utf8'), 'one');
  });
});

describe('progress and warnings', () => {
  test('go to stderr, the result to stdout', async (t) => {
    const { run } = await givenStores(t, { 'old/1.jpg': 'one', 'new/1.jpg': 'other' });
    const ran = await run('sync', './old', './new', '--json');
    assert.match(ran.stderr, /warning: .*differ/i);
    assert.doesNotMatch(ran.stdout, /warning/);
  });
});

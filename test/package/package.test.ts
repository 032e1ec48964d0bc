// What npm pack makes installs elsewhere, without a network and without dependencies, and does the main job there.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { drawPicture } from '../../scripts/demo-picture.ts';
import { differing, hashesOf } from '../../scripts/hashes.ts';
import { scratchFolder } from '../support/scratch.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin', 'picferry.js');

interface Manifest {
  readonly engines: { readonly node: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** As on a user's machine: Node 24 on the PATH, none of the project's tools, no AWS settings. */
const userEnv = { PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter), HOME: '/nonexistent' };

const installedPackage = async (folder: string): Promise<string> => {
  await run('npm', ['pack', '--pack-destination', folder, '--loglevel=error'], { cwd: ROOT });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const home = join(folder, 'elsewhere');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{"private": true}');
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--engine-strict', '--loglevel=error'];
  await run('npm', [...install, join(folder, tarball!)], { cwd: home });
  return home;
};

const plant = async (folder: string, from: number, upTo: number): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let i = from; i < upTo; i++) {
    const file = join(folder, `${i}.jpg`);
    await writeFile(file, drawPicture(i / 100, i));
    await utimes(file, 1_700_000_000 + i, 1_700_000_000 + i);
  }
};

describe('the packed package', () => {
  test('installs elsewhere, checks and syncs there, and every hash is right', async (t) => {
    const folder = await scratchFolder(t);
    const home = await installedPackage(folder);
    const source = join(home, 'old server', 'cam1');
    const destination = join(home, 'new server', 'cam1');
    await plant(source, 0, 40);
    await plant(destination, 30, 50);
    const before = { source: await hashesOf(source), destination: await hashesOf(destination) };
    const picferry = (...args: string[]) =>
      spawnSync(join(home, 'node_modules', '.bin', 'picferry'), [...args, '--state-dir', join(home, 'state')], {
        cwd: home,
        env: userEnv,
        encoding: 'utf8',
      });

    const check = picferry('check', './old server', './new server');
    assert.equal(check.status, 1, check.stderr);
    assert.match(check.stdout, /30 pictures/);
    assert.deepEqual(await hashesOf(destination), before.destination);

    const sync = picferry('sync', './old server', './new server', '--json');
    assert.equal(sync.status, 0, sync.stderr);
    assert.equal((JSON.parse(sync.stdout) as { outcomes: { copied: { count: number } } }).outcomes.copied.count, 30);
    assert.deepEqual(differing(before.source, await hashesOf(destination)), []);
    assert.deepEqual(differing(before.destination, await hashesOf(destination)), []);
    assert.equal(picferry('check', './old server', './new server').status, 0);

    const manifest = JSON.parse(await readFile(join(home, 'node_modules/picferry/package.json'), 'utf8')) as Manifest;
    assert.equal(manifest.engines.node, '>=24');
    assert.equal(manifest.dependencies, undefined, 'everything is bundled');
    assert.deepEqual(await readdir(join(home, 'node_modules', '.bin')), ['picferry']);
  });

  test('says in one sentence which Node it needs, and exits 2', async (t) => {
    const folder = await scratchFolder(t);
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})`;
    // Alone in a folder: it must not need what an old Node could not load.
    await cp(BIN, join(folder, 'picferry.mjs'));
    const old = spawnSync(process.execPath, ['--import', pretend, join(folder, 'picferry.mjs'), 'check', 'a', 'b'], {
      env: userEnv,
      encoding: 'utf8',
    });
    assert.equal(old.status, 2);
    assert.equal(old.stdout, '');
    assert.match(old.stderr, /^[^\n]*Node\.js 24 [^\n]*20\.20\.2[^\n]*\n$/);
  });
});

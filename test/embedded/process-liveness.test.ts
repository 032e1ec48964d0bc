// A lock's holder is a process: known by its number and its start, so that neither death nor a number used again deceives.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { createProcessLiveness } from '../../lib/embedded/process-liveness.ts';

const MODULE = new URL('../../lib/embedded/process-liveness.ts', import.meta.url).href;

/** Another process that says who it is and stays. */
const startHolder = async (): Promise<{ readonly child: ChildProcess; readonly holder: string }> => {
  const script = `
    const { createProcessLiveness } = await import(process.argv[1]);
    console.log((await createProcessLiveness()).mine);
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, MODULE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, holder: String(line).trim() };
};

describe('process liveness', () => {
  test('this process lives, under one name', async () => {
    const [one, other] = [await createProcessLiveness(), await createProcessLiveness()];
    assert.ok(one.mine);
    assert.equal(one.mine, other.mine);
    assert.equal(await one.isDead(one.mine), false);
  });

  test('another process lives until it is killed', async () => {
    const { isDead } = await createProcessLiveness();
    const { child, holder } = await startHolder();
    assert.equal(await isDead(holder), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await isDead(holder), true);
  });

  test('a number used again by another process does not keep the dead one alive', {
    skip: process.platform === 'win32',
  }, async () => {
    const { isDead } = await createProcessLiveness();
    assert.equal(await isDead(`${process.pid}/started-at-another-time`), true);
  });

  test('a killed process that its parent never asked about is dead', {
    skip: process.platform !== 'linux',
  }, async () => {
    // The shell starts a process, is replaced by one that never waits for children, and so leaves a zombie.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(parent.stdout, 'data');
    const { isDead } = await createProcessLiveness();
    while (!(await isDead(`${String(line).trim()}/`))) await new Promise(setImmediate);
    parent.kill('SIGKILL');
  });

  test('where no start time is known the number alone decides', async () => {
    const { isDead } = await createProcessLiveness();
    assert.equal(await isDead(`${process.pid}/`), false);
  });

  for (const odd of ['', 'somebody', '/1', '-1/x', '0/x']) {
    test(`nobody takes a lock from ${JSON.stringify(odd)}, a holder that no process here named itself`, async () => {
      const { isDead } = await createProcessLiveness();
      assert.equal(await isDead(odd), false);
    });
  }
});

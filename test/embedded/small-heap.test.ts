// A command's heap stays small, whatever passes through it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MODULE = join(import.meta.dirname, '../../lib/embedded/small-heap.ts');

/** Pages of objects, some of them kept for a while, as a listing makes them; prints how large V8's room for new ones has become. */
const script = (first: string): string => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { setTimeout as sleep } from 'node:timers/promises';
  ${first}
  const kept = [];
  for (let page = 0; page < 300; page++) {
    kept.push(Array.from({ length: 3_000 }, (_, i) => ({ key: 'k' + page + '-' + i, size: i })));
    if (kept.length > 20) kept.shift();
    await sleep(1);
  }
  console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').physical_space_size);
`;

const newSpaceAfter = async (first: string): Promise<number> => {
  const argv = ['--input-type=module', '--eval', script(first)];
  return Number((await promisify(execFile)(process.execPath, argv)).stdout);
};

test('room for new objects stays below 40 MB; left alone it takes more', async () => {
  const small = await newSpaceAfter(`(await import(${JSON.stringify(MODULE)})).keepHeapSmall('check');`);
  const alone = await newSpaceAfter('');
  assert.ok(small < 40e6, `${small} bytes`);
  assert.ok(alone > small, `${alone} bytes left alone, ${small} bytes kept small`);
});

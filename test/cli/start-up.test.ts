// What a small check loads: everything else would be waited for by whoever only compares two folders.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { picferry } from '../support/picferry.ts';
import { plant, scratchFolder } from '../support/scratch.ts';

const TELLS_WHAT_IT_LOADS = `
import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => (process.stderr.write('loads ' + url + '\\n'), next(url, context)) });
`;

const HEAVY = ['zod', 'undici', '@aws-sdk', '@smithy', 'croner', 'hono/dist/hono', '@hono', 'p-retry', 'aws4fetch'];

test('a check of two folders loads neither schemas nor anything that speaks HTTP', async (t) => {
  const folder = await scratchFolder(t);
  await plant(folder, { 'old/1.jpg': 'one', 'new/': '', 'hook.mjs': TELLS_WHAT_IT_LOADS });
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(join(folder, 'hook.mjs')).href}` };
  const ran = await picferry(['check', './old', './new', '--state-dir', './state'], { cwd: folder, env });
  assert.equal(ran.code, 1, ran.stderr);
  const loaded = ran.stderr.split('\n').filter((line) => line.startsWith('loads '));
  assert.ok(
    loaded.some((line) => line.includes('/commander/')),
    'what is loaded is told',
  );
  const heavy = loaded.filter((line) => HEAVY.some((name) => line.includes(`/node_modules/${name}`)));
  assert.deepEqual(heavy, []);
});

// Recommended commands mean the same once a shell has read them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { quoted } from '../../lib/cli/quoted.ts';

test('a shell takes what is quoted for what it was', { skip: process.platform === 'win32' }, () => {
  const texts = [
    '',
    'plain',
    "it's",
    '$(touch x)',
    '`x`',
    'a b',
    '~',
    '~/x',
    'a;b',
    'a&b',
    '*',
    '!x',
    '#',
    'a"b\\',
    '\n',
  ];
  const command = `printf '%s\\0' ${texts.map(quoted).join(' ')}`;
  assert.deepEqual(execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1), texts);
});

test('what needs no quotes has none', () => {
  for (const text of ['20260501-120000-abcdef', 'http://127.0.0.1:8377', '/state/of-mine']) {
    assert.equal(quoted(text), text);
  }
});

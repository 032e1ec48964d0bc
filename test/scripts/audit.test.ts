// Given what npm says of an audit, then what is high or critical fails, and what was not answered counts as neither.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../support/scratch.ts';

const counted = (total: number, severity = 'low') => ({ metadata: { vulnerabilities: { [severity]: total, total } } });

const CASES: readonly (readonly [what: string, said: object | string, line: RegExp, code: number])[] = [
  ['nothing found', counted(0), /^npm audit: 0 vulnerabilities$/, 0],
  [
    'a low one found',
    { ...counted(1), vulnerabilities: { leftpad: { severity: 'low' } } },
    /^npm audit: 1 vulnerabilities: leftpad \(low\)$/,
    0,
  ],
  [
    'a high one found',
    { ...counted(1, 'high'), vulnerabilities: { leftpad: { severity: 'high' } } },
    /^npm audit: 1 vulnerabilities: leftpad \(high\)$/,
    1,
  ],
  [
    'a registry that answers no audits',
    { message: '405 Method Not Allowed', method: 'POST', uri: 'https://mirror.example/-/npm/v1/security' },
    /^npm audit: not answered by this registry \(405 Method Not Allowed\)$/,
    3,
  ],
  [
    'no network',
    {
      message: 'request to https://mirror.example/x failed, reason: getaddrinfo ENOTFOUND mirror.example',
      error: { summary: '' },
    },
    /^npm audit: not answered by this registry/,
    3,
  ],
  ['no lock file', { error: { code: 'ENOLOCK', summary: 'a lockfile is needed' } }, /broke, a lockfile is needed/, 1],
  ['no JSON at all', 'Segmentation fault', /^npm audit: broke/, 1],
];

for (const [what, said, line, code] of CASES) {
  test(`${what}: exit code ${code}`, {
    skip: process.platform === 'win32' && 'the npm of this test is a shell script',
  }, async (t) => {
    const bin = await scratchFolder(t);
    await writeFile(join(bin, 'said'), typeof said === 'string' ? said : JSON.stringify(said));
    await writeFile(join(bin, 'npm'), `#!/bin/sh\n[ "$1" = audit ] && cat "${bin}/said"\n`);
    await chmod(join(bin, 'npm'), 0o755);
    const ran = spawnSync(process.execPath, [join(import.meta.dirname, '../../scripts/audit.js')], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    });
    assert.match(ran.stdout.trim(), line);
    assert.equal(ran.status, code, ran.stderr);
  });
}

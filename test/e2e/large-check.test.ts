// picferry check of 58,300 pictures against none: a small report, a small list, and memory that does not grow with them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import pMap from 'p-map';
import { picferry, resultIn } from '../support/picferry.ts';
import { scratchFolder } from '../support/scratch.ts';

const MB = 1024 * 1024;
const OLD = new Date('2026-02-01T00:00:00Z');

/** The same numbers every time (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** 10-second names jittered by 0-2 s, 2.5-4.5 MB each, without a byte on disk. */
const plantSparse = async (folder: string, count: number): Promise<void> => {
  const random = seeded(count);
  const files = Array.from({ length: count }, (_, i) => {
    const at = new Date(Date.UTC(2026, 0, 1) + (10 * i + Math.floor(random() * 3)) * 1_000);
    const name = at.toISOString().replace(/\D/g, '').slice(0, 14);
    return {
      path: join(folder, 'cam1/pictures', name.slice(0, 8), `${name}.jpg`),
      size: Math.floor(2.5 * MB + random() * 2 * MB),
    };
  });
  for (const day of new Set(files.map(({ path }) => dirname(path)))) await mkdir(day, { recursive: true });
  await pMap(
    files,
    async ({ path, size }) => {
      const file = await open(path, 'wx');
      await file.truncate(size);
      await file.utimes(OLD, OLD);
      await file.close();
    },
    { concurrency: 16 },
  );
};

/** Writes the process's peak memory where the test finds it. */
const measuring = (file: string) =>
  `--import=data:text/javascript,${encodeURIComponent(
    `import fs from 'node:fs'; process.on('exit', () => fs.writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`,
  )}`;

const check = async (root: string, count: number) => {
  const source = join(root, `source-${count}`);
  await plantSparse(source, count);
  const peak = join(root, `peak-${count}`);
  const ran = await picferry(
    ['check', source, join(root, 'nothing'), '--json', '--state-dir', join(root, `state-${count}`)],
    { env: { NODE_OPTIONS: measuring(peak) } },
  );
  assert.equal(ran.code, 1, ran.stderr);
  return { result: resultIn(ran), peakBytes: Number(await readFile(peak, 'utf8')) * 1024 };
};

describe('a check of 58,300 pictures against none', () => {
  test('reports in 4,096 bytes, lists in 440,000, and needs little more memory than one of 8,640', async (t) => {
    const root = await scratchFolder(t);
    await mkdir(join(root, 'nothing'));
    const small = await check(root, 8_640);
    const large = await check(root, 58_300);
    assert.equal(large.result.findings.missingOnDestination?.source.count, 58_300);
    const report = await stat(large.result.report);
    assert.ok(report.size <= 4_096, `report.json has ${report.size} bytes`);
    const missing = join(dirname(large.result.report), 'missing.jsonl.gz');
    const { size } = await stat(missing);
    assert.ok(size <= 440_000, `missing.jsonl.gz has ${size} bytes`);
    assert.equal(spawnSync('gzip', ['-t', missing]).status, 0);
    const keys = gunzipSync(await readFile(missing))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    assert.equal(keys.length, 58_300);
    assert.deepEqual(keys, [...keys].sort(), 'in key order');
    const allowed = 1.1 * small.peakBytes + 50 * MB;
    t.diagnostic(
      `report ${report.size} B, list ${size} B, peak ${large.peakBytes / MB} MB after ${small.peakBytes / MB} MB`,
    );
    assert.ok(large.peakBytes <= allowed, `peak memory ${large.peakBytes / MB} MB, allowed ${allowed / MB} MB`);
  });
});

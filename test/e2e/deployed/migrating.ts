// The whole way of a deployed migration: a signed POST, polling, links opened without credentials, both buckets alike.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Amount, NOTHING, plus } from '../../../lib/compare/entry.ts';
import { FINDINGS } from '../../../lib/compare/findings.ts';
import { fromCompact } from '../../../lib/compare/statistics.ts';
import { openEmbedded } from '../../../lib/embedded/host.ts';
import type { Report } from '../../../lib/report/report.ts';
import type { S3Spec } from '../../../lib/stores/spec.ts';
import { reportPath } from '../../../lib/workflow/paths.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { asContents, contents, scenario, unlike } from '../scenario.ts';
import { type Given, get, hasEnded, post, reportOf, start, sync, until } from './given.ts';

/** What a report says of its migration, in the words of the scenario. */
const figuresOf = ({ status, rounds, findings, outcomes, remaining }: Report) => {
  const source = findings
    ? FINDINGS.map((finding) => [finding, amountOf(fromCompact(findings).findings[finding].source)] as const)
    : [];
  const something = <T extends { readonly count: number }>(entries: readonly (readonly [string, T])[]) =>
    Object.fromEntries(entries.filter(([, { count }]) => count > 0));
  return {
    status,
    rounds,
    findings: something(source),
    outcomes: something(Object.entries(outcomes)),
    remaining,
  };
};

const amountOf = (kinds: Readonly<Record<string, Amount>>): Amount => Object.values(kinds).reduce(plus, NOTHING);

/** How long a link may be opened, as S3's signature says. */
const secondsOf = (url: string): number => Number(new URL(url).searchParams.get('X-Amz-Expires'));

export const describeMigrating = (given: () => Given): Promise<void> =>
  describe('a deployment', () => {
    let id: string;

    test('moves what is missing, and both buckets are alike', async () => {
      const { s3 } = given();
      const key = { 'idempotency-key': 'the-first-one' };
      const body = sync('old', 'new', scenario.options);
      id = await start(given(), body, key);
      const ended = await until(given(), id, hasEnded);
      assert.equal(ended.status, 'done', JSON.stringify(ended));
      const { report } = await reportOf(given(), id);
      assert.deepEqual(figuresOf(report), scenario.expected);
      const source = await contents(s3, 'deployed-old');
      assert.deepEqual(unlike(source, asContents(scenario.source)), [], 'the source is as it was');
      assert.deepEqual(unlike(await contents(s3, 'deployed-new'), source), []);
      assert.equal(await start(given(), body, key), id, 'the same key and body: the same migration');
      assert.equal((await post(given(), '/migrations', { ...body, mode: 'check' }, key)).status, 422);
    });

    test('shows its report through links that need no credentials and expire', async () => {
      const { links } = await reportOf(given(), id);
      assert.ok(links);
      const opened = async (name: 'report.html' | 'report.json' | 'missing.jsonl.gz') => {
        const link = links[name];
        assert.ok(link, name);
        assert.equal(new URL(link.url).protocol, 'http:');
        assert.ok(secondsOf(link.url) > 0 && secondsOf(link.url) <= 3_600, link.url);
        assert.ok(Date.parse(link.expiresAt) - Date.now() <= 3_600_000);
        const answer = await fetch(link.url);
        assert.equal(answer.status, 200, name);
        return Buffer.from(await answer.arrayBuffer());
      };
      assert.match((await opened('report.html')).toString('utf8'), /Nothing missing as of/);
      assert.equal((JSON.parse((await opened('report.json')).toString('utf8')) as Report).id, id);
      const lines = gunzipSync(await opened('missing.jsonl.gz'))
        .toString('utf8')
        .trimEnd()
        .split('\n');
      assert.equal(lines.length, scenario.expected.findings.missingOnDestination.count);
      assert.equal(links.failedLists, 0);

      const page = await given().deployment.call('GET', `/migrations/${id}/report`, {
        headers: { accept: 'text/html' },
      });
      assert.equal(page.status, 303);
      assert.equal((await fetch(page.headers.get('location') ?? '')).headers.get('content-type'), HTML);
    });

    test('finds and does what the embedded mode finds and does', async () => {
      const { emulator, s3 } = given();
      Object.assign(process.env, emulator.env);
      const stateDir = await mkdtemp(join(tmpdir(), 'picferry-state-'));
      const host = await openEmbedded({ stateDir });
      try {
        const started = await startMigration(
          {
            mode: 'sync',
            source: embedded('old', emulator.endpointUrl),
            destination: embedded('new', emulator.endpointUrl),
            options: scenario.options,
          },
          host,
        );
        assert.equal(started.kind, 'started');
        const own = started.kind === 'started' ? started.id : '';
        await host.executions.finished(own);
        const report = JSON.parse(String(await host.files.read(reportPath(own)))) as Report;
        assert.deepEqual(figuresOf(report), scenario.expected, JSON.stringify(report));
        assert.deepEqual(unlike(await contents(s3, 'embedded-new'), asContents(scenario.source)), []);
      } finally {
        await host.close();
        await rm(stateDir, { recursive: true, force: true });
      }
    });

    test('lists its migrations, by pair too', async () => {
      const ids = async (query: string) =>
        (await get<{ migrations: { id: string }[] }>(given(), `/migrations${query}`)).migrations.map((one) => one.id);
      assert.ok((await ids('')).includes(id));
      assert.deepEqual(await ids('?source=old&destination=new'), [id]);
      assert.deepEqual(await ids('?source=nightly-old&destination=nightly-new'), []);
    });
  });

const HTML = 'text/html; charset=utf-8';

const embedded = (side: string, endpointUrl: string): S3Spec => ({
  type: 's3',
  bucket: `embedded-${side}`,
  prefix: '',
  createOnly: 'headFirst',
  endpointUrl,
});

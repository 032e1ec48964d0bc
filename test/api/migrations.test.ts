// Migrations over HTTP: started, shown while they run, read at their end, cancelled.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { Listing } from '../../lib/api/listing.ts';
import type { MigrationDetail, MigrationSummary, ReportView } from '../../lib/api/resources.ts';
import type { ItemDocument } from '../../lib/workflow/item-document.ts';
import { itemSk, migrationPk, readMigration } from '../../lib/workflow/record.ts';
import { contentOf, givenPictures, pictures } from '../support/embedded-migration.ts';
import { givenApi, refusalOf } from '../support/given-api.ts';

const SYNC = { source: 'old', destination: 'new', mode: 'sync' };
const CHECK = { ...SYNC, mode: 'check' };

describe('POST /migrations', () => {
  test('answers 202 with the id and its place while the migration runs, which then moves the pictures', async (t) => {
    const { call, folders, ended, hold, letGo } = await givenApi(t);
    await givenPictures(folders.source, pictures(3));
    hold();
    const { status, headers, json } = await call('POST', '/migrations', { body: SYNC });
    assert.equal(status, 202);
    const { id } = json as { id: string };
    assert.deepEqual(json, { id, replayed: false });
    assert.equal(headers.get('location'), `/migrations/${id}`);
    assert.equal(((await call('GET', `/migrations/${id}`)).json as MigrationDetail).status, 'running');
    letGo();
    await ended(id);
    assert.deepEqual(await contentOf(folders.destination), pictures(3));
    const detail = (await call('GET', `/migrations/${id}`)).json as MigrationDetail;
    assert.equal(detail.status, 'done');
    assert.deepEqual(detail.remaining, { count: 0, bytes: 0 });
    assert.equal(detail.outcomes.copied.count, 3);
    assert.deepEqual(
      detail.roundFigures.map(({ round, copyList, remaining, outcomes }) => [
        round,
        copyList?.count,
        remaining?.count,
        outcomes?.copied.count,
      ]),
      [
        [1, 3, 3, 3],
        [2, 0, 0, undefined],
      ],
    );
  });

  test('names the migration that holds the pair, in either direction', async (t) => {
    const { call, start, hold } = await givenApi(t);
    hold();
    const id = await start(SYNC);
    for (const body of [SYNC, { ...SYNC, source: 'new', destination: 'old' }]) {
      const { migrationId, detail } = refusalOf(await call('POST', '/migrations', { body }), 409);
      assert.equal(migrationId, id);
      assert.match(detail, new RegExp(`POST /migrations/${id}/cancel`));
    }
  });

  test('goes on from an earlier migration, and says why not', async (t) => {
    const { call, start, ended, folders, hold, letGo } = await givenApi(t);
    await givenPictures(folders.source, pictures(3));
    hold();
    const id = await start(CHECK);
    const early = refusalOf(await call('POST', '/migrations', { body: { from: id } }), 409);
    assert.equal(early.migrationId, id);
    letGo();
    await ended(id);
    refusalOf(await call('POST', '/migrations', { body: { from: id, only: 'failed' } }), 400);
    const next = await start({ from: id });
    await ended(next);
    const { request, outcomes } = (await call('GET', `/migrations/${next}`)).json as MigrationDetail;
    assert.deepEqual(request.from, { from: id, only: 'missing' });
    assert.equal(outcomes.copied.count, 3);
    await rm(`${folders.stateDir}/reports/migrations/${id}`, { recursive: true });
    refusalOf(await call('POST', '/migrations', { body: { from: id } }), 410);
  });

  test('with a start that fails answers 500 without what is inside, and leaves nothing running', async (t) => {
    const { call, host, logged, start } = await givenApi(t);
    const { start: startExecution } = host.executions;
    host.executions.start = () => Promise.reject(new Error('arn:aws:states:eu-west-1:123456789012:secret'));
    const { status, text } = await call('POST', '/migrations', { body: SYNC });
    assert.equal(status, 500);
    assert.doesNotMatch(text, /arn:|at .*\.ts/);
    assert.ok(logged.some(({ fields }) => JSON.stringify(fields).includes('arn:aws:states')));
    const [failed] = ((await call('GET', '/migrations')).json as { migrations: MigrationSummary[] }).migrations;
    assert.deepEqual([failed?.status, failed?.cause], ['failed', 'notStarted']);
    host.executions.start = startExecution;
    await start(SYNC);
  });
});

describe('GET /migrations/{id}', () => {
  test('settles a migration whose process is gone before it answers', async (t) => {
    const { call, start, host, hold } = await givenApi(t);
    hold();
    const id = await start(SYNC);
    host.liveness.isDead = async () => true;
    const { status, cause } = (await call('GET', `/migrations/${id}`)).json as MigrationDetail;
    assert.deepEqual([status, cause], ['failed', 'killed']);
  });

  test('and GET /migrations show it as it stands where a full disk keeps it from being settled', async (t) => {
    const { call, start, host, hold, letGo, ended } = await givenApi(t);
    hold();
    const id = await start(SYNC);
    host.liveness.isDead = async () => true;
    const { put } = host.records;
    host.records.put = async () => {
      throw Object.assign(new Error('database or disk is full'), { code: 'ENOSPC' });
    };
    assert.equal(((await call('GET', `/migrations/${id}`)).json as MigrationDetail).status, 'running');
    const { migrations } = (await call('GET', '/migrations')).json as Listing;
    assert.deepEqual(
      migrations.map(({ status }) => status),
      ['running'],
    );
    host.records.put = put;
    assert.equal(((await call('GET', `/migrations/${id}`)).json as MigrationDetail).status, 'failed');
    letGo();
    await ended(id);
  });
});

describe('POST /migrations/{id}/cancel', () => {
  test('answers 202, the migration ends as cancelled, and a second time says so', async (t) => {
    const { call, start, ended, hold, letGo, host } = await givenApi(t);
    hold();
    const id = await start(SYNC);
    const { status, json } = await call('POST', `/migrations/${id}/cancel`);
    assert.equal(status, 202);
    assert.equal((json as MigrationDetail).status, 'stopping');
    letGo();
    await ended(id);
    assert.equal((await readMigration(host.records, id))?.status, 'cancelled');
    const again = refusalOf(await call('POST', `/migrations/${id}/cancel`), 409);
    assert.equal(again.migrationId, id);
    assert.match(again.detail, /ended already, as cancelled/);
  });
});

describe('GET /migrations/{id}/report', () => {
  test('has figures, examples, places and links to the files that exist', async (t) => {
    const { call, start, ended, folders, hold, letGo } = await givenApi(t);
    await givenPictures(folders.source, pictures(3));
    hold();
    const id = await start(SYNC);
    const early = (await call('GET', `/migrations/${id}/report`)).json as ReportView;
    assert.deepEqual([early.places, early.links], [{}, { failed: [], failedLists: 0 }]);
    letGo();
    await ended(id);
    const { report, examples, places, links } = (await call('GET', `/migrations/${id}/report`)).json as ReportView;
    assert.equal(report.outcomes.copied.count, 3);
    assert.deepEqual(examples.missingOnDestination, Object.keys(pictures(3)));
    const below = `${folders.stateDir}/reports/migrations/${id}`;
    assert.deepEqual(places, {
      report: `${below}/report.json`,
      page: `${below}/report.html`,
      missing: `${below}/missing.jsonl.gz`,
    });
    const { failed, failedLists, ...single } = links ?? { failed: [], failedLists: 0 };
    assert.deepEqual([failed, failedLists], [[], 0]);
    assert.deepEqual(
      Object.entries(single).map(([name, { url }]) => [name, url]),
      [
        ['report.html', `https://links.example/migrations/${id}/report.html`],
        ['report.json', `https://links.example/migrations/${id}/report.json`],
        ['missing.jsonl.gz', `https://links.example/migrations/${id}/missing.jsonl.gz?as=${id}-missing.jsonl.gz`],
      ],
    );
  });

  test('links the first hundred lists of failures, and says how many there are', async (t) => {
    const { call, start, ended, folders } = await givenApi(t, { limits: { shardEntries: 1 } });
    const many = pictures(120);
    await givenPictures(folders.source, many);
    // Folders stand where pictures should go.
    await givenPictures(folders.destination, Object.fromEntries(Object.keys(many).map((key) => [`${key}/x`, 'x'])));
    const id = await start(SYNC);
    await ended(id);
    const { places, links, report } = (await call('GET', `/migrations/${id}/report`)).json as ReportView;
    assert.equal(report.outcomes.failed.count, 120);
    assert.equal(places.failed, `${folders.stateDir}/reports/migrations/${id}/round-1/failed`);
    assert.equal(links?.failed.length, 100);
    assert.equal(links?.failedLists, 120);
    const [first] = links?.failed ?? [];
    assert.deepEqual([first?.round, first?.outcome, first?.count], [1, 'failed', 1]);
  });

  test('links no list of what was not tried: it would hold only a part of that', async (t) => {
    const { call, start, ended, folders, host } = await givenApi(t);
    await givenPictures(folders.source, pictures(1));
    const key = Object.keys(pictures(1))[0];
    await givenPictures(folders.destination, { [`${key}/x`]: 'x' });
    const id = await start(SYNC);
    await ended(id);
    const item = await host.records.get<ItemDocument>(migrationPk(id), itemSk(1, 0));
    assert.ok(item?.files[0]);
    // As a stop in the middle leaves it: something failed, and something was given up half-way.
    await host.records.put({ ...item, files: [{ ...item.files[0], outcome: 'notTried' }, ...item.files] });
    const { links } = (await call('GET', `/migrations/${id}/report`)).json as ReportView;
    assert.deepEqual(
      links?.failed.map(({ outcome }) => outcome),
      ['failed'],
    );
    assert.equal(links?.failedLists, 1);
  });

  test('for a browser is the page: rendered while the migration runs, a redirect to its link at the end', async (t) => {
    const { call, start, ended, hold, letGo } = await givenApi(t);
    const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    hold();
    const id = await start(SYNC);
    const running = await call('GET', `/migrations/${id}/report`, { headers });
    assert.equal(running.status, 200);
    assert.match(running.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(running.text, new RegExp(`<h1>[^<]*${id}`));
    letGo();
    await ended(id);
    const page = await call('GET', `/migrations/${id}/report`, { headers });
    assert.equal(page.status, 303);
    assert.equal(page.headers.get('location'), `https://links.example/migrations/${id}/report.html`);
    for (const accept of ['*/*', 'application/json', 'application/json, text/html;q=0.9']) {
      const { status, headers } = await call('GET', `/migrations/${id}/report`, { headers: { accept } });
      assert.deepEqual([status, headers.get('content-type')], [200, 'application/json'], accept);
    }
  });
});

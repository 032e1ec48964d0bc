// What the API refuses: with a clear 4xx, before anything was started or written.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type CallOptions, type GivenApi, givenApi, refusalOf } from '../support/given-api.ts';

const SYNC = { source: 'old', destination: 'new', mode: 'sync' };
const NIGHTLY = { name: 'nightly', expression: 'cron(0 2 * * ? *)', ...SYNC };
const json = (body: unknown): CallOptions => ({ body });
const withOptions = (options: object): CallOptions => json({ ...SYNC, options });

type Row = readonly [what: string, options: CallOptions, status: number, detail: RegExp];

const ANY_BODY: readonly Row[] = [
  ['no body', { headers: { 'content-type': 'application/json' } }, 400, /it is empty/],
  ['no JSON', { text: '{"source":' }, 400, /no JSON/],
  ['half a string', { text: '"\ud800' }, 400, /no JSON/],
  ['null', json(null), 400, /expected object/],
  ['a list', json([SYNC]), 400, /expected object/],
  ['a text', json('sync'), 400, /expected object/],
  ['a form', { text: 'source=old', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, /JSON/],
  ['no content type', { text: JSON.stringify(SYNC), headers: { 'content-type': '' } }, 415, /Content-Type/],
  ['1 MB', json({ ...SYNC, filling: 'x'.repeat(1_000_000) }), 413, /64 KiB/],
  ['more than it says', { text: `"${'x'.repeat(70_000)}"`, headers: { 'content-length': '10' } }, 413, /64 KiB/],
];

const PAIR: readonly Row[] = [
  ['a number as source', json({ ...SYNC, source: 7 }), 400, /source: .*expected string/],
  ['an empty source', json({ ...SYNC, source: '' }), 400, /source/],
  ['no destination', json({ ...SYNC, destination: undefined }), 400, /destination/],
  ['another mode', json({ ...SYNC, mode: 'move' }), 400, /mode/],
  ['an unknown field', json({ ...SYNC, force: true }), 400, /force/],
  ['an unknown option', withOptions({ delete: true }), 400, /delete/],
  ['an option of another type', withOptions({ checksum: 'yes' }), 400, /options\.checksum/],
  ['a pattern that looks ahead', withOptions({ keyPattern: '(?<camera>a)(?=b)' }), 400, /options\.keyPattern/],
  [
    'globs that are too long together',
    withOptions({ include: Array(30).fill('?'.repeat(999)) }),
    400,
    /options\.include/,
  ],
  ['a glob that is none', withOptions({ include: ['a', 7] }), 400, /options\.include\[1\]/],
  ['too many globs', withOptions({ exclude: Array.from({ length: 101 }, () => 'a') }), 400, /options\.exclude/],
  ['a time that is none', withOptions({ capturedAfter: 'yesterday' }), 400, /options\.capturedAfter/],
  ['a pattern that does not compile', withOptions({ keyPattern: '(' }), 400, /options\.keyPattern/],
  ['no requests at all', withOptions({ tpsLimit: 0 }), 400, /options\.tpsLimit/],
  ['a bandwidth in words', withOptions({ bandwidthLimit: '10M' }), 400, /options\.bandwidthLimit/],
  ['a cost of nothing', withOptions({ maxCostUsd: 0 }), 400, /options\.maxCostUsd/],
  ['half a byte a second', withOptions({ bandwidthLimit: 0.5 }), 400, /options\.bandwidthLimit/],
  ['a concurrency of nothing', withOptions({ concurrency: 0 }), 400, /options\.concurrency/],
  ['an unknown name', json({ ...SYNC, source: 'elsewhere' }), 403, /"elsewhere".*knows old, new, spare/],
  ['a foreign bucket', json({ ...SYNC, destination: 's3://somebody-elses/pictures' }), 403, /is no store/],
  ['a folder', json({ ...SYNC, source: '/etc' }), 403, /is no store/],
  ['a path', json({ ...SYNC, source: '../old' }), 403, /is no store/],
  ['a name of every object', json({ ...SYNC, source: 'constructor' }), 403, /is no store/],
  ['control characters', json({ ...SYNC, source: 'old\u0000\n\u001b[31m' }), 403, /old\\u0000\\n\\u001b/],
  ['the same store twice', json({ ...SYNC, destination: 'old' }), 400, /same store/],
];

const MIGRATION: readonly Row[] = [
  ...ANY_BODY,
  ...PAIR,
  ['an unknown id to go on from', json({ from: '20200101-000000-nobody' }), 404, /There is no migration/],
  ['a path to go on from', json({ from: '../../etc' }), 404, /There is no migration/],
  ['another only', json({ from: 'x', only: 'everything' }), 400, /only/],
  ['a pair beside from', json({ from: 'x', ...SYNC }), 400, /source/],
  ['a key of 256 characters', { ...json(SYNC), headers: { 'idempotency-key': 'k'.repeat(256) } }, 400, /1 to 255/],
  ['an empty key', { ...json(SYNC), headers: { 'idempotency-key': '' } }, 400, /1 to 255/],
  ['a key with a space', { ...json(SYNC), headers: { 'idempotency-key': 'a b' } }, 400, /visible ASCII/],
];

const schedule = (changes: object): CallOptions => json({ ...NIGHTLY, ...changes });

const SCHEDULE: readonly Row[] = [
  ...ANY_BODY,
  ...PAIR.map(
    ([what, { body }, status, detail]): Row => [what, json({ ...NIGHTLY, ...(body as object) }), status, detail],
  ),
  ['no name', schedule({ name: undefined }), 400, /name/],
  ['a path as name', schedule({ name: '../nightly' }), 400, /name: has letters/],
  ['a long name', schedule({ name: 'n'.repeat(65) }), 400, /name/],
  ['a minute of 61', schedule({ expression: 'cron(61 * * * ? *)' }), 400, /61/],
  ['five fields', schedule({ expression: 'cron(0 2 * * *)' }), 400, /six fields/],
  ['both days', schedule({ expression: 'cron(0 2 1 * MON *)' }), 400, /must be \?/],
  ['a date that never comes', schedule({ expression: 'cron(0 2 30 2 ? *)' }), 400, /never comes/],
  ['words', schedule({ expression: 'every night' }), 400, /is no schedule/],
  ['a time zone on Mars', schedule({ timeZone: 'Mars/Olympus' }), 400, /is no time zone/],
  ['to go on from', schedule({ from: 'x' }), 400, /from/],
];

const PATHS: readonly (readonly [method: string, path: string, status: number, detail: RegExp])[] = [
  ['GET', '/migrations/20200101-000000-nobody', 404, /There is no migration/],
  ['GET', '/migrations/20200101-000000-nobody/report', 404, /There is no migration/],
  ['POST', '/migrations/20200101-000000-nobody/cancel', 404, /There is no migration/],
  ['GET', '/migrations/..%2F..%2Fetc%2Fpasswd', 404, /There is no migration/],
  ['GET', `/migrations/${'x'.repeat(5_000)}`, 404, /There is no migration/],
  ['GET', '/migrations/%00%0a', 404, /There is no migration/],
  ['GET', '/schedules/nobody', 404, /There is no schedule/],
  ['DELETE', '/schedules/nobody', 404, /There is no schedule/],
  ['DELETE', '/schedules/..%2Fnightly', 404, /There is no schedule/],
  ['GET', '/', 404, /openapi\.json/],
  ['GET', '/migrations/', 404, /openapi\.json/],
  ['POST', '/elsewhere', 404, /openapi\.json/],
  ['DELETE', '/migrations', 405, /GET/],
  ['PUT', '/migrations', 405, /GET/],
  ['PATCH', '/schedules/nightly', 405, /DELETE/],
  ['OPTIONS', '/migrations', 405, /POST/],
  ['GET', '/migrations/x/cancel', 405, /POST/],
  ['POST', '/openapi.json', 405, /GET/],
  ['GET', '/migrations?limit=0', 400, /limit/],
  ['GET', '/migrations?limit=101', 400, /limit/],
  ['GET', '/migrations?limit=many', 400, /limit/],
  ['GET', '/migrations?before=yesterday', 400, /before/],
  ['GET', '/migrations?befor=2026-01-01T00:00:00Z', 400, /befor/],
  ['GET', '/migrations?source=old', 400, /both/],
  ['GET', '/migrations?source=old&destination=elsewhere', 403, /elsewhere/],
];

describe('a request that cannot be served', () => {
  let given: GivenApi;
  const closing: (() => Promise<void>)[] = [];
  before(async () => {
    given = await givenApi({ after: (close) => void closing.push(close) });
  });
  after(async () => {
    for (const close of closing) await close();
  });

  const refuses = async (method: string, path: string, options: CallOptions, status: number, detail: RegExp) => {
    const answer = refusalOf(await given.call(method, path, options), status);
    assert.match(answer.detail, detail);
    assert.ok(answer.detail.length < 1_500 && !/\n|\.ts:\d/.test(answer.detail), answer.detail);
    assert.deepEqual(given.effects, []);
  };

  for (const [what, options, status, detail] of MIGRATION) {
    test(`POST /migrations with ${what}: ${status}`, () => refuses('POST', '/migrations', options, status, detail));
  }
  for (const [what, options, status, detail] of SCHEDULE) {
    test(`POST /schedules with ${what}: ${status}`, () => refuses('POST', '/schedules', options, status, detail));
  }
  for (const [method, path, status, detail] of PATHS) {
    test(`${method} ${path.slice(0, 60)}: ${status}`, () => refuses(method, path, {}, status, detail));
  }
});

test('a body that no route asked for is not read to its end either', async (t) => {
  const { call, effects } = await givenApi(t);
  const text = 'x'.repeat(1_000_000);
  refusalOf(await call('POST', '/migrations/20200101-000000-nobody/cancel', { text }), 413);
  assert.deepEqual(effects, []);
});

test('an earlier migration of stores that this server does not know is refused before its lists are looked at', async (t) => {
  const { call, host, start, ended, effects } = await givenApi(t);
  const id = await start({ ...SYNC, mode: 'check' });
  await ended(id);
  effects.length = 0;
  const known = host.stores.resolve;
  for (const lost of ['old', 'new']) {
    Object.assign(host.stores, {
      resolve: (name: string, side: 'source' | 'destination') => (name === lost ? undefined : known(name, side)),
    });
    const { detail } = refusalOf(await call('POST', '/migrations', { body: { from: id } }), 403);
    assert.match(detail, new RegExp(`Its ${lost === 'old' ? 'source' : 'destination'} .* is no store of this server`));
  }
  assert.deepEqual(effects, []);
});

// Idempotency keys: the same key and body start one migration, however often and however concurrently they come.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Reservation, release, reserve, takenBy } from '../../lib/api/idempotency.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { listMigrations } from '../../lib/workflow/record.ts';
import { type Called, type GivenApi, givenApi, refusalOf } from '../support/given-api.ts';

const SYNC = { source: 'old', destination: 'new', mode: 'sync' };
const DAY_MS = 86_400_000;

const post = (given: GivenApi, body: object, key: string): Promise<Called> =>
  given.call('POST', '/migrations', { body, headers: { 'idempotency-key': key } });

const startedOf = ({ status, json, text }: Called): { readonly id: string; readonly replayed: boolean } => {
  assert.equal(status, 202, text);
  return json as { id: string; replayed: boolean };
};

const idsOf = async ({ host }: GivenApi): Promise<string[]> =>
  (await listMigrations(host.records, { limit: 100 })).map(({ id }) => id);

describe('a repeated Idempotency-Key', () => {
  test('gets the first id again, while the migration runs and after it has ended', async (t) => {
    const given = await givenApi(t);
    given.hold();
    const first = startedOf(await post(given, SYNC, 'a'));
    assert.equal(first.replayed, false);
    assert.deepEqual(startedOf(await post(given, SYNC, 'a')), { id: first.id, replayed: true });
    given.letGo();
    await given.ended(first.id);
    assert.deepEqual(startedOf(await post(given, SYNC, 'a')), { id: first.id, replayed: true });
    assert.deepEqual(await idsOf(given), [first.id]);
  });

  test('is the same body in another order, and with defaults written out', async (t) => {
    const given = await givenApi(t);
    const { id } = startedOf(await post(given, SYNC, 'a'));
    const spelled = { options: { tags: true, order: 'newest' }, mode: 'sync', destination: 'new', source: 'old' };
    assert.equal(startedOf(await post(given, spelled, 'a')).id, id);
  });

  test('with another body is 422, even one that would be refused, and starts nothing', async (t) => {
    const given = await givenApi(t);
    await given.ended(startedOf(await post(given, SYNC, 'a')).id);
    given.effects.length = 0;
    for (const body of [
      { ...SYNC, mode: 'check' },
      { ...SYNC, options: { checksum: true } },
      { ...SYNC, source: 'x' },
    ]) {
      assert.match(refusalOf(await post(given, body, 'a'), 422).detail, /another body/);
    }
    assert.deepEqual(given.effects, []);
  });

  test('starts one migration when twenty come at once', async (t) => {
    const given = await givenApi(t);
    given.hold();
    const all = await Promise.all(Array.from({ length: 20 }, () => post(given, SYNC, 'a')));
    const started = all.map(startedOf);
    assert.equal(new Set(started.map(({ id }) => id)).size, 1);
    assert.equal(started.filter(({ replayed }) => !replayed).length, 1);
    assert.deepEqual(await idsOf(given), [started[0]?.id]);
  });

  test('is another start after 24 hours, and not a minute earlier', async (t) => {
    const given = await givenApi(t);
    const { id } = startedOf(await post(given, SYNC, 'a'));
    await given.ended(id);
    given.pass(DAY_MS - 60_000);
    assert.equal(startedOf(await post(given, SYNC, 'a')).id, id);
    given.pass(60_000);
    const later = startedOf(await post(given, { ...SYNC, mode: 'check' }, 'a'));
    assert.equal(later.replayed, false);
    assert.notEqual(later.id, id);
  });

  test('is free again after a request that started nothing', async (t) => {
    const given = await givenApi(t);
    refusalOf(await post(given, { ...SYNC, source: 'elsewhere' }, 'a'), 403);
    given.hold();
    const holder = await given.start(SYNC);
    assert.equal(refusalOf(await post(given, SYNC, 'a'), 409).migrationId, holder);
    assert.equal(refusalOf(await post(given, SYNC, 'a'), 409).migrationId, holder);
    given.letGo();
    await given.ended(holder);
    const { id, replayed } = startedOf(await post(given, SYNC, 'a'));
    assert.equal(replayed, false);
    assert.notEqual(id, holder);
  });

  test('of two keys are two requests: the second finds the pair busy', async (t) => {
    const given = await givenApi(t);
    given.hold();
    const { id } = startedOf(await post(given, SYNC, 'a'));
    assert.equal(refusalOf(await post(given, SYNC, 'b'), 409).migrationId, id);
  });
});

test('a key is reserved once, whoever looked before it was', async () => {
  const records = await openSqliteRecords(':memory:');
  const host = { records, now: () => Date.parse('2026-01-31T12:00:00Z') };
  assert.equal(await reserve('a', 'body', 'first', host), true);
  assert.equal(await reserve('a', 'body', 'second', host), false);
  await release('a', 'second', host);
  assert.equal((await takenBy('a', host))?.migrationId, 'first', 'nobody else gives it up');
  await release('a', 'first', host);
  assert.equal(await takenBy('a', host), undefined);
  const race = ['third', 'fourth', 'fifth'].map((id) => reserve('a', 'body', id, host));
  assert.equal((await Promise.all(race)).filter(Boolean).length, 1);
});

describe('a request that died', () => {
  /** It does nothing any more from where it would have written that kind of document. The id that its key stands for. */
  const dyingBefore = async ({ host, call }: GivenApi, kind: 'lock' | 'record'): Promise<unknown> => {
    const { records } = host;
    const { put } = records;
    const died = Promise.withResolvers<void>();
    let pk = '';
    records.put = async (document, expect) => {
      if (document.sk === 'key') pk = document.pk;
      if (document.sk !== kind) return put(document, expect);
      died.resolve();
      return new Promise(() => {});
    };
    void call('POST', '/migrations', { body: SYNC, headers: { 'idempotency-key': 'a' } });
    await died.promise;
    records.put = put;
    return (await records.get<Reservation>(pk, 'key'))?.migrationId;
  };

  for (const kind of ['lock', 'record'] as const) {
    test(`before its ${kind}, a minute ago, is completed under its id by the next one`, async (t) => {
      const given = await givenApi(t);
      const reserved = await dyingBefore(given, kind);
      given.pass(60_000);
      assert.deepEqual(startedOf(await post(given, SYNC, 'a')), { id: reserved, replayed: false });
      await given.ended(String(reserved));
      assert.deepEqual(await idsOf(given), [reserved]);
      assert.deepEqual(startedOf(await post(given, SYNC, 'a')), { id: reserved, replayed: true });
    });
  }

  test('a moment ago is waited for, since it may only be slow, and then completed', async (t) => {
    const given = await givenApi(t);
    const reserved = await dyingBefore(given, 'record');
    assert.deepEqual(startedOf(await post(given, SYNC, 'a')), { id: reserved, replayed: false });
  });

  test('and whose pair is busy by now gives its key up', async (t) => {
    const given = await givenApi(t);
    const reserved = await dyingBefore(given, 'lock');
    given.hold();
    const holder = await given.start(SYNC);
    given.pass(60_000);
    assert.equal(refusalOf(await post(given, SYNC, 'a'), 409).migrationId, holder);
    given.letGo();
    await given.ended(holder);
    assert.notEqual(startedOf(await post(given, SYNC, 'a')).id, reserved);
  });
});

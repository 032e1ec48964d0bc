// Clocks that are wrong, on either side, and credentials that end: what is told to people says which.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cleanup } from '../../support/cleanup.ts';
import { run } from '../../support/embedded-migration.ts';
import type { Around } from '../../support/memory-s3/memory-s3.ts';
import { errorReply, type SeenRequest } from '../../support/scripted-s3.ts';
import { eachCase } from '../kill/cases.ts';
import { proved, STORES } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { ARRIVING, givenAlbum, hostOf, LIMITS, type Setting, settingsOf } from './album.ts';
import { mend, operationOf, servicesOf } from './requests.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** `20261122T231738Z`, as requests are signed. */
const signedAt = ({ headers }: SeenRequest): number => {
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '') ?? [];
  return Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(min), Number(s));
};

/** S3 accepts a quarter of an hour. */
const strict =
  (offsetMs: number): Around =>
  (request, next) => {
    const now = Date.now() + offsetMs;
    if (Math.abs(signedAt(request) - now) < 15 * MINUTE) return next();
    const headers = { date: new Date(now).toUTCString() };
    return request.method === 'HEAD'
      ? { status: 403, headers }
      : { ...errorReply(403, 'RequestTimeTooSkewed'), headers };
  };

const CLOCKS: readonly { readonly name: string; readonly offsetMs: number; readonly arrives: boolean }[] = [
  { name: 'ten minutes ahead', offsetMs: 10 * MINUTE, arrives: true },
  { name: 'ten minutes behind', offsetMs: -10 * MINUTE, arrives: true },
  { name: 'three hours ahead', offsetMs: 180 * MINUTE, arrives: true },
  { name: 'three hours behind', offsetMs: -180 * MINUTE, arrives: true },
  { name: 'ten years ahead', offsetMs: 3_650 * DAY, arrives: true },
];

const proveDone = async (world: Awaited<ReturnType<typeof givenAlbum>>, arrives: boolean): Promise<void> => {
  const before = await snapshotOf(world);
  const host = await hostOf(world);
  const { id, report } = await run(host, world.request());
  assert.equal(report.status, 'done', report.message);
  await proveNothingLost({ world, before, host, id });
  if (arrives) assert.equal(report.outcomes?.copied.count, ARRIVING.length);
  await host.close();
  mend(world);
  await proveRerunCompletes({ world, before }, { limits: LIMITS });
};

/** Any header of the answer may be replaced, as a proxy with a clock of its own does. */
const answering =
  (date: string): Around =>
  (_request, next) => {
    const answered = next();
    return { ...answered, headers: { ...answered.headers, date } };
  };

const DATES = [
  { name: 'no date', date: '' },
  { name: 'nonsense', date: 'tomorrow' },
  { name: '1970', date: new Date(0).toUTCString() },
  { name: 'years ago', date: 'Mon, 01 Jul 2019 11:00:00 GMT' },
  { name: 'the year 9999', date: 'Fri, 31 Dec 9999 23:59:59 GMT' },
];

describe('wrong clocks', { timeout: 600_000 }, () => {
  for (const setting of settingsOf(STORES.slice(1))) {
    const { stores, createOnly = '' } = setting;
    test(`${stores} ${createOnly}`, async () => {
      const clocks = await eachCase(CLOCKS, async ({ offsetMs, arrives }, _index, context: Cleanup) => {
        const world = await givenAlbum(context, setting, { now: () => Date.now() + offsetMs });
        for (const [, service] of servicesOf(world)) service.around = strict(offsetMs);
        await proveDone(world, arrives);
      });
      const dates = await eachCase(DATES, async ({ date }, _index, context: Cleanup) => {
        const world = await givenAlbum(context, setting);
        for (const [, service] of servicesOf(world)) service.around = answering(date);
        await proveDone(world, false);
      });
      proved({
        fault: 'wrong clocks',
        how: 'services whose clocks are minutes, hours and years off and which refuse requests of another time; answers without a date, with nonsense, decades off',
        stores,
        where: 'embedded',
        cases: clocks + dates,
      });
    });
  }
});

describe('credentials that expire in the middle', { timeout: 600_000 }, () => {
  const isWrite = (request: SeenRequest): boolean =>
    !['List', 'Prefixes', 'Head', 'Tags', 'Get'].includes(operationOf(request));
  const expire = async (setting: Setting, expired: (request: SeenRequest) => boolean, t: Cleanup) => {
    const world = await givenAlbum(t, setting);
    const before = await snapshotOf(world);
    for (const [, service] of servicesOf(world)) {
      service.around = (request, next) => {
        if (!expired(request)) return next();
        return request.method === 'HEAD' ? { status: 400 } : errorReply(400, 'ExpiredToken');
      };
    }
    const said: string[] = [];
    const host = await hostOf(world, { log: (what, fields) => void said.push(`${what} ${JSON.stringify(fields)}`) });
    const { id, report } = await run(host, world.request());
    await proveNothingLost({ world, before, host, id });
    await host.close();
    mend(world);
    world.destination.bucket?.uploads.clear();
    await proveRerunCompletes({ world, before }, { limits: LIMITS });
    return { report, said: said.join('\n') };
  };

  for (const setting of settingsOf(STORES.slice(1))) {
    const { stores, createOnly = '' } = setting;
    test(`${stores} ${createOnly}: listings say so`, async (t) => {
      const { report } = await expire(setting, ({ query }) => query.has('continuation-token'), t);
      assert.equal(report.status, 'failed');
      assert.match(report.message ?? '', /ExpiredToken.*credentials have expired/);
    });

    test(`${stores} ${createOnly}: copies say so`, async (t) => {
      const isHit = (request: SeenRequest): boolean =>
        stores === 'S3 → folder' ? operationOf(request) === 'Get' : isWrite(request);
      const { report, said } = await expire(setting, isHit, t);
      assert.equal(report.outcomes?.copied.count, 0);
      assert.match(`${report.message} ${said}`, /credentials have expired/);
    });
  }
});

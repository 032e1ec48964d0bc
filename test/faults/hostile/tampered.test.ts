// Lists and plans in the reports bucket, changed by somebody between two steps: read as what was written, or refused as a whole.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { reportViewOf } from '../../../lib/api/report-view.ts';
import type { HostPorts } from '../../../lib/embedded/host.ts';
import { requestFrom } from '../../../lib/workflow/from.ts';
import { pictures, run } from '../../support/embedded-migration.ts';
import { instead } from '../instead.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld, type World } from '../world.ts';

const HOW =
  'shards, plans and lists of files are changed between two steps: gzip bombs, cut and damaged gzip, lines that are no pictures, keys out of the store, entries taken out and put in, JSON of another shape';

type Change = (body: Buffer) => Buffer;

const inText =
  (change: (text: string) => string): Change =>
  (body) =>
    gzipSync(change(gunzipSync(body).toString('utf8')));
const inJson =
  (change: (value: never) => unknown): Change =>
  (body) =>
    Buffer.from(JSON.stringify(change(JSON.parse(body.toString('utf8')) as never)));

const SHARD = /copy-list\/.*\.jsonl\.gz$/;
const COPY_PLAN = /copy-plan\.json$/;
const PLAN = /\/plan\.json$/;
const EXAMPLES = /examples\.json$/;

interface Plan {
  readonly shards: readonly object[];
  readonly amount: object;
}

const bomb = (): Buffer => {
  const line = `{"key":"${'a'.repeat(1_000)}","size":1}\n`;
  return gzipSync(Buffer.alloc(64 * 1024 * 1024, line), { level: 1 });
};

/** `left`: done, but what could not be read was not tried, and remains. */
const CASES: readonly (readonly [what: string, path: RegExp, change: Change, end: 'failed' | 'left' | 'done'])[] = [
  [
    'a shard that unpacks to one line of 64 MiB',
    SHARD,
    () => gzipSync(Buffer.alloc(64 * 1024 * 1024, 'a'), { level: 1 }),
    'left',
  ],
  ['a shard that unpacks to 64 MiB of lines', SHARD, bomb, 'left'],
  ['a shard that was cut', SHARD, (body) => body.subarray(0, -9), 'left'],
  [
    'a shard with a changed byte',
    SHARD,
    (body) => Buffer.concat([body.subarray(0, 20), Buffer.from('x'), body.subarray(21)]),
    'left',
  ],
  ['an empty shard', SHARD, () => Buffer.alloc(0), 'left'],
  ['a shard of nothing', SHARD, () => gzipSync(''), 'left'],
  ['a shard that is no gzip', SHARD, () => Buffer.from('{"key":"a","size":1}\n'), 'left'],
  ['a shard with an entry less', SHARD, inText((text) => text.slice(text.indexOf('\n') + 1)), 'left'],
  ['a shard with an entry more', SHARD, inText((text) => `${text}${text.split('\n')[0]}\n`), 'left'],
  ['a shard of nulls', SHARD, inText((text) => text.replace(/.+/g, 'null')), 'left'],
  ['sizes that are text', SHARD, inText((text) => text.replace(/"size":(\d+)/g, '"size":"$1"')), 'left'],
  ['keys that are objects', SHARD, inText((text) => text.replace(/"key":"[^"]*"/g, '"key":{"toString":1}')), 'left'],
  ['keys out of the store', SHARD, inText((text) => text.replace(/"key":"/g, '"key":"../../')), 'done'],
  ['keys of pictures that do not exist', SHARD, inText((text) => text.replace(/"key":"/g, '"key":"x')), 'done'],
  ['a copy plan that is no JSON', COPY_PLAN, () => Buffer.from('['), 'failed'],
  ['a copy plan of nulls', COPY_PLAN, () => Buffer.from('[null]'), 'failed'],
  ['a copy plan that is an object', COPY_PLAN, () => Buffer.from('{"__proto__":[]}'), 'failed'],
  ['a copy plan without its items', COPY_PLAN, () => Buffer.from('[]'), 'failed'],
  [
    'a copy plan with a shard less',
    COPY_PLAN,
    inJson((plan: Plan[]) => plan.map((item) => ({ ...item, shards: [] }))),
    'failed',
  ],
  [
    'a copy plan with other sums',
    COPY_PLAN,
    inJson((plan: Plan[]) => plan.map((item) => ({ ...item, amount: { count: 1e9, bytes: 1 } }))),
    'failed',
  ],
  [
    'a copy plan that reads elsewhere',
    COPY_PLAN,
    inJson((plan: Plan[]) =>
      plan.map((item) => ({ ...item, shards: item.shards.map((one) => ({ ...one, path: '../../records.sqlite' })) })),
    ),
    'failed',
  ],
  [
    'a copy plan that begins behind its end',
    COPY_PLAN,
    inJson((plan: Plan[]) => plan.map((item) => ({ ...item, fromPosition: 1e6 }))),
    'failed',
  ],
  ['a plan that is no JSON', PLAN, () => Buffer.from('\0'), 'failed'],
  ['a plan of nulls', PLAN, () => Buffer.from('[null]'), 'failed'],
  ['a plan nested 100,000 deep', PLAN, () => Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 'failed'],
  ['examples that are no JSON', EXAMPLES, () => Buffer.from('{'), 'done'],
  ['examples of another shape', EXAMPLES, () => Buffer.from('{"different":5,"__proto__":["a"]}'), 'done'],
];

const MISSING = 5;

const fill = async ({ source, destination }: World): Promise<void> => {
  for (const [key, content] of Object.entries(pictures(7))) await source.put(key, content);
  for (const [key, content] of Object.entries(pictures(2))) await destination.put(key, content);
};

/** Changes what is read, while `is.on`. */
const changing =
  (path: RegExp, change: Change, is: { on: boolean; changed: number }) =>
  (ports: HostPorts): HostPorts => {
    const changed = (body: Buffer): Buffer => {
      is.changed += 1;
      return change(body);
    };
    const { files } = ports;
    const read: typeof files.read = async (at) => {
      const body = await files.read(at);
      return body && is.on && path.test(at) ? changed(body) : body;
    };
    const open: typeof files.open = async (at) => {
      if (!is.on || !path.test(at)) return files.open(at);
      return Readable.from([changed((await files.read(at)) ?? Buffer.alloc(0))]);
    };
    const write: typeof files.write = async (at, body) => {
      await files.write(at, body);
      // Written behind the missing list, for which shards are read the first time.
      if (EXAMPLES.test(at)) is.on = true;
    };
    return { ...ports, files: instead(files, { read, open, write }) };
  };

const CELLS: readonly (readonly [stores: Stores, every: number, from: number])[] = [
  ['S3 → folder', 1, 0],
  ['folder → folder', 3, 0],
  ['S3 → another S3', 3, 1],
  ['S3 → S3', 3, 2],
];

for (const [stores, every, from] of CELLS) {
  describe(`${stores}: somebody changes`, () => {
    for (const [what, path, change, end] of CASES.filter((_, at) => at % every === from)) {
      test(what, async (t) => {
        const world = await givenWorld(t, { stores });
        await fill(world);
        const before = await snapshotOf(world);
        const is = { on: path !== SHARD, changed: 0 };
        const host = await world.host({ around: changing(path, change, is) });
        const { id, report } = await run(host, world.request());
        assert.ok(is.changed > 0, 'it was changed');
        assert.equal(report.status, end === 'failed' ? 'failed' : 'done', `${report.cause}: ${report.message}`);
        if (end === 'failed') {
          assert.match(report.cause ?? '', /^(UnreadableFile|SumsDisagree|States\.ItemReaderFailed)$/, report.message);
          assert.doesNotMatch(report.message ?? '', /undefined|not a function|\[object/);
        }
        if (end === 'left') {
          assert.deepEqual(report.reasons, { stepBroke: MISSING }, 'nothing is called copied, and why');
          assert.equal(report.remaining?.count, MISSING);
        }
        const again = await requestFrom({ from: id, only: 'missing' }, host);
        if (path === COPY_PLAN || path === PLAN)
          assert.equal(again.kind, 'refused', 'what cannot be read is not copied from');
        if (again.kind === 'refused') assert.match(String(again.status), /^4(00|10)$/, again.message);
        const view = await reportViewOf(id, { ...host, announce: async () => {} }, { links: false });
        assert.ok('report' in view, 'its report is shown all the same');
        is.on = false;
        await proveNothingLost({ world, before, host, id });
        await host.close();
        await proveRerunCompletes({ world, before });
        proved({ fault: 'lists that were tampered with', how: HOW, stores, where: 'embedded', cases: 1 });
      });
    }
  });
}

test('a shard that is cut before the missing list is made of it: no list is made, and the migration fails', async (t) => {
  const world = await givenWorld(t, { stores: 'folder → folder' });
  await fill(world);
  const before = await snapshotOf(world);
  const is = { on: true, changed: 0 };
  const host = await world.host({ around: changing(SHARD, (body) => body.subarray(0, -9), is) });
  const { id, report } = await run(host, world.request());
  assert.deepEqual([report.status, report.cause], ['failed', 'UnreadableFile'], report.message);
  is.on = false;
  await proveNothingLost({ world, before, host, id });
  await host.close();
  await proveRerunCompletes({ world, before });
});

// What a deployment's API refuses: the unsigned, the unknown, the foreign, the misshapen. Nothing starts, nothing is written.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Problem } from '../../../lib/api/resources.ts';
import { type Given, get, post, sync } from './given.ts';

const PAIR = sync('nightly-old', 'nightly-new');
const OPTIONS = (options: object) => ({ ...PAIR, options });

const BODIES: readonly (readonly [string, unknown, number])[] = [
  ['no body', undefined, 400],
  ['a list', [], 400],
  ['a number as source', { ...PAIR, source: 7 }, 400],
  ['an unknown mode', { ...PAIR, mode: 'delete' }, 400],
  ['an unknown field', { ...PAIR, force: true }, 400],
  ['an unknown option', OPTIONS({ delete: true }), 400],
  ['options of wrong types', OPTIONS({ checksum: 'yes' }), 400],
  ['a pattern that does not compile', OPTIONS({ keyPattern: '(' }), 400],
  ['a megabyte', OPTIONS({ include: ['x'.repeat(1_000_000)] }), 413],
  ['a foreign bucket', { ...PAIR, source: 's3://somebody-elses' }, 403],
  ['an unknown name', { ...PAIR, source: 'elsewhere' }, 403],
  ['a path', { ...PAIR, source: '../nightly-old' }, 403],
  ['the same store twice', { ...PAIR, destination: 'nightly-old' }, 400],
  ['an unknown migration to go on from', { from: '20200101-000000-nobody' }, 404],
  ['a path to go on from', { from: '../../etc' }, 404],
];

const SCHEDULES: readonly (readonly [string, unknown, number])[] = [
  ['a bad cron', { name: 'bad', expression: 'cron(61 * * * ? *)', ...PAIR }, 400],
  ['both days given', { name: 'bad', expression: 'cron(0 0 1 * 2 *)', ...PAIR }, 400],
  ['no such zone', { name: 'bad', expression: 'rate(1 hour)', timeZone: 'Mars/Olympus', ...PAIR }, 400],
  ['a name that is none', { name: '../bad', expression: 'rate(1 hour)', ...PAIR }, 400],
  ['a foreign store', { name: 'bad', expression: 'rate(1 hour)', ...PAIR, source: 'elsewhere' }, 403],
];

const PATHS: readonly (readonly [string, string, number])[] = [
  ['GET', '/migrations/20200101-000000-nobody', 404],
  ['GET', '/migrations/20200101-000000-nobody/report', 404],
  ['POST', '/migrations/20200101-000000-nobody/cancel', 404],
  ['DELETE', '/schedules/nobody', 404],
  ['GET', '/elsewhere', 404],
  ['DELETE', '/migrations', 405],
  ['GET', '/migrations?limit=many', 400],
];

export const describeRefusals = (given: () => Given): Promise<void> =>
  describe("a deployment's API refuses", () => {
    test('whoever does not sign, or signs with keys nobody knows', async () => {
      const { deployment } = given();
      for (const path of ['/migrations', '/schedules', '/openapi.json']) {
        assert.equal((await fetch(`${deployment.apiUrl}${path}`)).status, 403, path);
        const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
        assert.equal((await deployment.call('GET', path, { credentials: stranger })).status, 403, path);
      }
      const unsigned = await fetch(`${deployment.apiUrl}/migrations`, { method: 'POST', body: JSON.stringify(PAIR) });
      assert.equal(unsigned.status, 403);
    });

    test('bad requests with a sentence that says what to do; nothing starts, nothing is written', async () => {
      const before = await everything(given());
      const requests = [
        ...BODIES.map(([what, body, status]) => ['POST', '/migrations', what, body, status] as const),
        ...SCHEDULES.map(([what, body, status]) => ['POST', '/schedules', what, body, status] as const),
      ];
      for (const [, path, what, body, status] of requests) {
        const answer = await post(given(), path, body);
        const text = await answer.text();
        assert.equal(answer.status, status, `${what}: ${text}`);
        assertProblem(answer, text, what);
      }
      for (const [method, path, status] of PATHS) {
        const answer = await given().deployment.call(method, path);
        const text = await answer.text();
        assert.equal(answer.status, status, `${method} ${path}: ${text}`);
        assertProblem(answer, text, path);
      }
      assert.deepEqual(await everything(given()), before);
    });
  });

const assertProblem = (answer: Response, text: string, what: string): void => {
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
  const { status, detail } = JSON.parse(text) as Problem;
  assert.equal(status, answer.status);
  assert.ok(detail.length > 10 && !/\n\s+at /.test(detail), `${what}: ${detail}`);
};

/** All files of the reports bucket, all migrations, all schedules. */
const everything = async (given: Given): Promise<unknown> => {
  const files: string[] = [];
  const Bucket = given.deployment.outputs.ReportsBucketName ?? '';
  for await (const { Contents = [] } of paginateListObjectsV2({ client: given.s3 }, { Bucket })) {
    files.push(...Contents.map(({ Key = '' }) => Key));
  }
  const { migrations } = await get<{ migrations: { id: string }[] }>(given, '/migrations?limit=100');
  return { files, migrations: migrations.map(({ id }) => id), schedules: await get(given, '/schedules') };
};

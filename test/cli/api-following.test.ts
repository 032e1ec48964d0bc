// Starting and following over an API that answers as a test says: lost answers, hiccups, pages, Ctrl-C at any moment.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportView } from '../../lib/api/resources.ts';
import { resultOf } from '../../lib/report/result.ts';
import { picferry, type Running, resultIn, startPicferry } from '../support/picferry.ts';
import { type Reply, type Script, type ScriptedS3, type SeenRequest, scriptedS3 } from '../support/scripted-s3.ts';
import { detail, ID, json, OPTIONS, problem, report, WHERE } from './given-answers.ts';

const view: ReportView = { report, examples: {}, places: {} };

/** POST and GETs of the migration in turn; everything else as it is for one that is done. */
const api = (posts: readonly Reply[], details: readonly Reply[] = [json(detail())]): Promise<ScriptedS3> => {
  let posted = 0;
  let asked = 0;
  const next = (replies: readonly Reply[], at: number) => replies[Math.min(at, replies.length - 1)] as Reply;
  const script: Script = ({ method, path }: SeenRequest) => {
    if (method === 'POST') return next(posts, posted++);
    if (path.endsWith('/report')) return json(view);
    return next(details, asked++);
  };
  return scriptedS3(script);
};

const ENV = { PICFERRY_TOKEN: 'word', XDG_STATE_HOME: '/nonexistent' };
const argsTo = ({ endpointUrl }: ScriptedS3, ...flags: string[]) => [
  'sync',
  'old',
  'new',
  '--api',
  endpointUrl,
  ...flags,
];
const postsTo = ({ seen }: ScriptedS3) => seen.filter(({ method }) => method === 'POST');

const said = async (running: Running, text: RegExp): Promise<void> => {
  let stderr = '';
  running.process.stderr?.on('data', (part: string) => (stderr += part));
  while (!text.test(stderr)) {
    if (running.process.exitCode !== null) throw new Error(`It ended without ${text}: ${stderr}`);
    await sleep(10);
  }
};

describe('starting', () => {
  test('asks for what the flags say, under the names of stores', async () => {
    await using there = await api([json({ id: ID, replayed: false }, 202)]);
    const ran = await picferry(argsTo(there, '--exclude', '*.tmp', '--min-age', '5m', '--json'), { env: ENV });
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(resultIn(ran), { ...resultOf(report, WHERE) });
    assert.deepEqual(JSON.parse(String(postsTo(there)[0]?.body)), {
      ...{ source: 'old', destination: 'new', mode: 'sync' },
      options: { ...OPTIONS, exclude: ['*.tmp'], minAgeMs: 300_000 },
    });
  });

  test('is repeated under the same key where an answer was lost, and under another one by the next command', async () => {
    await using there = await api([{ reset: true }, { status: 503 }, json({ id: ID }, 202)]);
    assert.equal((await picferry(argsTo(there), { env: ENV })).code, 0);
    assert.equal((await picferry(argsTo(there), { env: ENV })).code, 0);
    const keys = postsTo(there).map(({ headers }) => headers['idempotency-key']);
    assert.equal(keys.length, 4);
    assert.match(keys[0] ?? '', /^[\x21-\x7e]{16,255}$/);
    assert.deepEqual(new Set(keys.slice(0, 3)).size, 1);
    assert.notEqual(keys[3], keys[0]);
  });

  const REFUSED: readonly (readonly [
    what: string,
    args: readonly string[],
    answer: Reply,
    code: number,
    says: RegExp,
  ])[] = [
    ['a pair that is busy', ['old', 'new'], problem(409, 'Busy.', 'm1'), 3, /migration m1 is running on this pair/],
    ['a pair that is busy, with --from', ['--from', 'm0'], problem(409, 'Busy.', 'm1'), 3, /migration m1 is running/],
    [
      'an earlier migration that has not ended',
      ['--from', 'm0'],
      problem(409, 'Migration m0 is running.', 'm0'),
      2,
      /^error: Migration m0 is running\.$/m,
    ],
    [
      'lists that have expired',
      ['--from', 'm0'],
      problem(410, 'The lists are gone.'),
      2,
      /^error: The lists are gone\.$/m,
    ],
    ['a store that is not known', ['old', 'new'], problem(403, 'No such store.'), 2, /^error: No such store\.$/m],
    ['an API that breaks again and again', ['old', 'new'], problem(500, 'Broken.'), 3, /answered 500: Broken/],
    ['something that is no API', ['old', 'new'], { body: '{}' }, 3, /is it right/],
  ];
  for (const [what, args, answer, code, says] of REFUSED) {
    test(`${what}: ${code}`, async () => {
      await using there = await api([answer]);
      const ran = await picferry(['sync', ...args, '--api', there.endpointUrl], { env: ENV });
      assert.equal(ran.code, code, ran.stderr);
      assert.match(ran.stderr, says);
      assert.equal(ran.stdout, '');
    });
  }
});

describe('--detach', () => {
  test('prints the id alone and asks no more', async () => {
    await using there = await api([json({ id: ID }, 202)]);
    const ran = await picferry(argsTo(there, '--detach'), { env: ENV });
    assert.deepEqual([ran.code, ran.stdout], [0, `${ID}\n`]);
    assert.equal(there.seen.length, 1);
  });

  test('with --json prints an object; with PICFERRY_API the recommended command needs no flag', async () => {
    await using there = await api([json({ id: ID }, 202)]);
    const env = { ...ENV, PICFERRY_API: there.endpointUrl };
    const ran = await picferry(['check', 'old', 'new', '--detach', '--json'], { env });
    assert.deepEqual(JSON.parse(ran.stdout), { id: ID });
    assert.match(ran.stderr, new RegExp(`"picferry watch ${ID}" follows it`));
  });
});

describe('following', () => {
  test('goes on where an answer does not come', async () => {
    const hiccup = Array.from({ length: 6 }, () => ({ status: 502 }));
    await using there = await api([json({ id: ID }, 202)], [json(detail('running')), ...hiccup, json(detail())]);
    const ran = await picferry(argsTo(there), { env: ENV });
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /Nothing missing/);
  });
});

describe('Ctrl-C', { timeout: 60_000 }, () => {
  test('while it runs there leaves it alone, and tells how to go on', async () => {
    await using there = await api([json({ id: ID }, 202)], [json(detail('running'))]);
    const running = startPicferry(argsTo(there), { env: ENV });
    await said(running, /Listing/);
    running.process.kill('SIGINT');
    const ran = await running.ended;
    assert.equal(ran.code, 130);
    const flags = `--api ${there.endpointUrl}`;
    assert.match(
      ran.stderr,
      new RegExp(`Migration ${ID} goes on at ${there.endpointUrl}; "picferry watch ${ID} ${flags}"`),
    );
    assert.equal(postsTo(there).length, 1, 'nothing was cancelled');
  });

  test('before the answer waits for it, and a second one leaves, saying what may be', async () => {
    await using there = await api([{ hang: true }]);
    const running = startPicferry(argsTo(there), { env: ENV });
    while (there.seen.length === 0) await sleep(10);
    running.process.kill('SIGINT');
    await said(running, /Waiting for the answer/);
    running.process.kill('SIGINT');
    const ran = await running.ended;
    assert.equal(ran.code, 130);
    assert.match(ran.stderr, /may have been started .*"picferry list --api/);
  });
});

test('list turns pages until it has as many as were asked for', async () => {
  const all = Array.from({ length: 250 }, (_, i) => detail('done', `m${String(i).padStart(3, '0')}`));
  await using there = await scriptedS3(({ query }) => {
    const from = Number(query.get('before') ?? 0);
    const upTo = from + Number(query.get('limit'));
    return json({ migrations: all.slice(from, upTo), ...(upTo < all.length ? { next: String(upTo) } : {}) });
  });
  for (const [limit, pages] of [
    [20, 1],
    [130, 2],
    [900, 3],
  ] as const) {
    const asked = there.seen.length;
    const ran = await picferry(['list', '--limit', String(limit), '--json', '--api', there.endpointUrl], { env: ENV });
    const { migrations } = JSON.parse(ran.stdout) as { migrations: { id: string }[] };
    assert.deepEqual(
      migrations.map(({ id }) => id),
      all.slice(0, limit).map(({ id }) => id),
    );
    assert.equal(there.seen.length - asked, pages);
    for (const { query } of there.seen) assert.ok(Number(query.get('limit')) <= 100, 'what the API takes');
  }
});

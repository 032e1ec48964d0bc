// AWS's quotas, met by what can be largest: payloads, names, children, environments, policies.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Template } from 'aws-cdk-lib/assertions';
import { QUOTAS } from '../../bench/scale/quotas.ts';
import type { Range } from '../../lib/compare/range.ts';
import { AWS_LIMITS } from '../../lib/embedded/aws-limits.ts';
import type { DeployedStores } from '../../lib/infra/deployed-stores.ts';
import { storesAsText } from '../../lib/infra/deployed-stores.ts';
import { planCopying } from '../../lib/workflow/copy-plan.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import { copyPlanPath, planPath, shardPath } from '../../lib/workflow/paths.ts';
import type { CopyInput, ListInput, ShardRef, SummariseOutput } from '../../lib/workflow/payloads.ts';
import { tasksOf } from '../../lib/workflow/steps/plan.ts';
import { givenFolders, givenHost, request, run } from '../support/embedded-migration.ts';
import { templateOf } from './synthesised.ts';

const PAYLOAD_BYTES = QUOTAS.payloadBytes.value;
const CHILDREN = QUOTAS.mapItems.value;
const ENVIRONMENT_BYTES = QUOTAS.environmentBytes.value;
const INLINE_POLICIES_CHARACTERS = QUOTAS.inlinePolicyCharacters.value;

const ID = '20991231-235959-zzzzzz';
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** A key of 1,024 bytes, each of which JSON writes as six. */
const LONGEST_KEY = '\u0001'.repeat(1_024);
const shard = (n: number): ShardRef => ({
  path: shardPath(ID, 4, 999_999, 'attempt-id', 99_999),
  finding: 'missingOnDestination',
  count: 50_000,
  bytes: Number.MAX_SAFE_INTEGER,
  listedAt: 4_102_444_799_999,
  newest: 4_102_444_799_999 - n,
  oldest: 4_102_444_799_999,
  gzipBytes: 99_999_999,
  range: 15,
  sequence: 99_999,
});

describe('payloads stay below 256 KiB', () => {
  test('what List is given: as many ranges as a task takes, between the longest keys there are', () => {
    const ranges: Range[] = Array.from({ length: 100_000 }, () => ({ after: LONGEST_KEY, upTo: LONGEST_KEY }));
    const tasks = tasksOf(ranges, DEFAULT_LIMITS);
    const [task] = [...tasks].sort((a, b) => b.ranges.length - a.ranges.length);
    assert.ok(task);
    const largest = bytesOf({ migrationId: ID, round: 4, task } satisfies ListInput);
    assert.ok(largest < PAYLOAD_BYTES, `${largest} bytes`);
  });

  test('what Copy is given: the shards of a billion pictures, as many as a Map takes children', () => {
    const shards = Array.from({ length: 1_000_000_000 / DEFAULT_LIMITS.shardEntries }, (_, n) => shard(n));
    const items = planCopying(shards, 'newest', DEFAULT_LIMITS.maxCopyItems);
    const largest = Math.max(...items.map((item) => bytesOf({ migrationId: ID, round: 4, item } satisfies CopyInput)));
    assert.ok(items[0]!.shards.length > 1);
    assert.ok(largest < PAYLOAD_BYTES, `${largest} bytes`);
  });

  test('what passes between states: figures and paths', () => {
    const output: SummariseOutput = {
      migrationId: ID,
      round: 4,
      mode: 'check',
      copyListCount: Number.MAX_SAFE_INTEGER,
      roundsCopied: 3,
      copiedLastRound: Number.MAX_SAFE_INTEGER,
      budgetUsedUp: false,
      planPath: planPath(ID, 4),
      copyPlanPath: copyPlanPath(ID, 4),
    };
    assert.ok(bytesOf(output) < 1_000);
  });
});

describe('a Map has at most 40,000 children', () => {
  test('List', () => {
    const ranges: Range[] = Array.from({ length: 300_000 }, () => ({ after: 'a', upTo: 'b' }));
    assert.ok(tasksOf(ranges, DEFAULT_LIMITS).length <= Math.min(CHILDREN, DEFAULT_LIMITS.planTasks));
  });

  for (const count of [1, CHILDREN - 1, CHILDREN, CHILDREN + 1, 3 * CHILDREN + 7]) {
    test(`Copy, with ${count} shards`, () => {
      const items = planCopying(
        Array.from({ length: count }, (_, n) => shard(n)),
        'newest',
        DEFAULT_LIMITS.maxCopyItems,
      );
      assert.ok(items.length <= CHILDREN);
      assert.equal(items.flatMap(({ shards }) => shards).length, count);
    });
  }
});

test('what the interpreter checks, the steps keep to and the table says are the same limits', () => {
  assert.equal(DEFAULT_LIMITS.maxCopyItems, CHILDREN);
  assert.equal(DEFAULT_LIMITS.writesPerSecond, QUOTAS.prefixWritesPerSecond.value);
  AWS_LIMITS.items(Array(CHILDREN).fill({}));
  assert.throws(() => AWS_LIMITS.items(Array(CHILDREN + 1).fill({})));
  AWS_LIMITS.payload('it', 'x'.repeat(PAYLOAD_BYTES - 2));
  assert.throws(() => AWS_LIMITS.payload('it', 'x'.repeat(PAYLOAD_BYTES - 1)));
});

test('an execution is named after its migration: at most 80 characters, none of them from a store', async (t) => {
  const folders = await givenFolders(t);
  const { id } = await run(await givenHost(folders), request(folders, 'check'));
  assert.match(id, /^[0-9]{8}-[0-9]{6}-[0-9a-z]{6}$/);
  assert.equal(id.length, ID.length);
});

/** As many stores as are taken, with the longest bucket names, half of them in other accounts. */
const MOST_STORES: DeployedStores = (() => {
  const stores: Record<string, DeployedStores[string]> = {};
  for (let n = 0; ; n++) {
    const bucket = `${n}`.padStart(63, 'b');
    const role = n % 2 === 0 ? {} : { role: `arn:aws:iam::111122223333:role/${'r'.repeat(64)}` };
    const next = { ...stores, [`store${n}`]: { bucket, prefix: 'p/', ...role } };
    try {
      storesAsText(next);
    } catch {
      return stores;
    }
    Object.assign(stores, next);
  }
})();

/** CloudFormation's expressions as long as what they stand for can be. */
const longest = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(longest);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  if ('Fn::Join' in fields) {
    const [separator, parts] = fields['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => String(longest(part))).join(separator);
  }
  // An ARN with a function's name of 64 characters, or a table's, a bucket's, a state machine's that CDK made up.
  if ('Ref' in fields && String(fields.Ref).startsWith('AWS::')) return 'x'.repeat(14);
  if ('Ref' in fields || 'Fn::GetAtt' in fields) return 'x'.repeat(140);
  if ('Fn::Select' in fields) return 'x'.repeat(80);
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, longest(one)]));
};

describe('with as many stores as picferry.json may name for a deployment', async () => {
  const template: Template = await templateOf({ stores: MOST_STORES });

  test("a function's variables stay below 4 KB", () => {
    assert.ok(Object.keys(MOST_STORES).length >= 10);
    for (const [id, { Properties }] of Object.entries(template.findResources('AWS::Lambda::Function'))) {
      const variables = Object.entries(longest(Properties.Environment.Variables) as Record<string, string>);
      const bytes = variables.reduce((all, [name, value]) => all + Buffer.byteLength(name + value), 0);
      assert.ok(bytes <= ENVIRONMENT_BYTES, `${id}: ${bytes} bytes`);
    }
  });

  test("a role's policies stay below 10,240 characters", () => {
    const sizes: Record<string, number> = {};
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Ref } of Properties.Roles as { Ref: string }[]) {
        sizes[Ref] = (sizes[Ref] ?? 0) + JSON.stringify(longest(Properties.PolicyDocument)).length;
      }
    }
    const tooLarge = Object.entries(sizes).filter(([, size]) => size > INLINE_POLICIES_CHARACTERS);
    assert.deepEqual(tooLarge, []);
  });
});

test('the dashboard shows at most 50 metrics: more are not free', async () => {
  const template = await templateOf();
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(longest(dashboard?.Properties.DashboardBody)).replaceAll('\\"', '"');
  const metrics = [...body.matchAll(/\["(?:AWS\/\w+|Picferry)",/g)];
  assert.ok(metrics.length > 20 && metrics.length <= 50, `${metrics.length} metrics`);
});

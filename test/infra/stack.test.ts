// The deployment's invariants: what is kept safe how, and that the definition's text is what runs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { FUNCTIONS } from '../../lib/infra/names.ts';
import { readDefinition } from '../../lib/workflow/definition.ts';
import { templateOf } from './synthesised.ts';

const template = await templateOf();

describe('functions', () => {
  test('run Node 24 on arm64 with one whole vCPU, tracing, and a log of their own', () => {
    template.resourceCountIs('AWS::Lambda::Function', FUNCTIONS.length);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1_769,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
  });

  test('have fifteen minutes, but for the API, which nobody waits for longer than half a minute', () => {
    for (const [id, { Properties }] of Object.entries(template.findResources('AWS::Lambda::Function'))) {
      assert.equal(Properties.Timeout, id.startsWith('ApiFunction') ? 29 : 900, id);
    }
  });

  test('share what Lambdas the account has, unless List or Copy are given theirs', async () => {
    const reserved = (of: Template) =>
      Object.entries(of.findResources('AWS::Lambda::Function')).flatMap(([id, { Properties }]) =>
        Properties.ReservedConcurrentExecutions === undefined
          ? []
          : [`${id.replace(/Function.*/, '')} ${Properties.ReservedConcurrentExecutions}`],
      );
    assert.deepEqual(reserved(template), []);
    const limited = await templateOf({ context: { listReservedConcurrency: 60, copyReservedConcurrency: '70' } });
    assert.deepEqual(reserved(limited).sort(), ['Copy 70', 'List 60']);
  });

  test('keep their logs for a while, not for ever', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });
});

describe('the state machine', () => {
  test('runs the text of migration.asl.json', async () => {
    assert.deepEqual(definitionOf(template), JSON.parse(numbered(await readDefinition())));
  });

  const CHANGES: [string, (text: string) => string][] = [
    ['a renamed state', (text) => text.replaceAll('"Summarise"', '"AddUp"')],
    [
      'a dropped retrier',
      (text) => text.replace(/,\s*\{\s*"ErrorEquals": \[\s*"States.TaskFailed"[\s\S]*?\n\s*\}/, ''),
    ],
    ['a swapped choice', (text) => text.replace('"Default": "List"', '"Default": "Copy"')],
  ];
  for (const [what, change] of CHANGES) {
    test(`runs another text when given one: ${what}`, async () => {
      const original = await readDefinition();
      const changed = change(original);
      assert.notEqual(changed, original);
      assert.deepEqual(definitionOf(await templateOf({ definition: changed })), JSON.parse(numbered(changed)));
    });
  }

  test('is given every name its text asks for', async () => {
    const asked = new Set([...(await readDefinition()).matchAll(/"\$\{(\w+)\}"/g)].map(([, name]) => name));
    const numbers = new Set(Object.keys(NUMBERS));
    const { Properties } = machineOf(template);
    assert.deepEqual(
      [...asked].filter((name) => !numbers.has(name!)).sort(),
      Object.keys(Properties.DefinitionSubstitutions).sort(),
    );
  });

  test('sets MaxConcurrency and a retrier on every map and task', () => {
    for (const [name, state] of statesOf(definitionOf(template))) {
      if (state.Type === 'Map') assert.equal(state.MaxConcurrency, 50, name);
      if (state.Type === 'Task') {
        assert.deepEqual(state.Retry?.[0]?.MaxAttempts, 0, `${name}: what no repeat mends comes first`);
        assert.deepEqual(state.Retry?.at(-1)?.ErrorEquals, ['States.TaskFailed'], name);
        assert.ok(
          state.Retry?.slice(1).every((retrier) => retrier.JitterStrategy === 'FULL'),
          name,
        );
        assert.equal(state.TimeoutSeconds, 960, name);
      }
    }
  });

  test('has Settle called when an execution ends badly, and every five minutes', async () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [Match.anyValue()] },
      },
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SettleFunction'), 'Arn'] } })],
    });
    const sweep = (ScheduleExpression: string) => ({
      ScheduleExpression,
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SettleFunction'), 'Arn'] } })],
    });
    template.hasResourceProperties('AWS::Events::Rule', sweep('rate(5 minutes)'));
    const often = await templateOf({ context: { sweepMinutes: 1 } });
    often.hasResourceProperties('AWS::Events::Rule', sweep('rate(1 minute)'));
  });
});

describe('what is stored', () => {
  test('the reports bucket is private, encrypted, versioned and speaks TLS only', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });

  test('TLS-only statements can be left out for an emulator, and only those', async () => {
    const plain = await templateOf({ context: { tlsOnly: 'false' } });
    assert.ok(!JSON.stringify(plain.toJSON()).includes('aws:SecureTransport'));
    for (const type of ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy']) plain.resourceCountIs(type, 0);
    plain.resourceCountIs('AWS::SNS::TopicPolicy', 1);
  });

  test('what is in the reports bucket goes after a year, with all that it leaves behind', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            Prefix: 'migrations/',
            ExpirationInDays: 365,
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            Status: 'Enabled',
          }),
          Match.objectLike({ ExpiredObjectDeleteMarker: true, Status: 'Enabled' }),
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, Status: 'Enabled' }),
        ]),
      },
    });
  });

  test('the table can be restored to any point in time and is paid by use', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byTime',
          KeySchema: [
            { AttributeName: 'index', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });

  test('outlives the stack', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::DynamoDB::Table']) {
      template.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });
});

const NUMBERS: Record<string, number> = {
  MachineTimeoutSeconds: 604_800,
  TaskTimeoutSeconds: 960,
  RetrySeconds: 2,
  ListConcurrency: 50,
  CopyConcurrency: 50,
  RoundsThatCopy: 3,
};

/** The file as it should arrive; not by `withNumbers`, which is what is tested. */
function numbered(definition: string): string {
  return Object.entries(NUMBERS).reduce(
    (text, [name, value]) => text.replaceAll(`"\${${name}}"`, String(value)),
    definition,
  );
}

function machineOf(of: Template) {
  const [machine] = Object.values(of.findResources('AWS::StepFunctions::StateMachine'));
  assert.ok(machine);
  return machine;
}

function definitionOf(of: Template): unknown {
  const { DefinitionString } = machineOf(of).Properties;
  assert.equal(typeof DefinitionString, 'string', 'one text, not put together from pieces');
  return JSON.parse(DefinitionString);
}

interface State {
  readonly Type: string;
  readonly MaxConcurrency?: number;
  readonly TimeoutSeconds?: number;
  readonly Retry?: { readonly ErrorEquals: string[]; readonly MaxAttempts: number; readonly JitterStrategy?: string }[];
  readonly ItemProcessor?: { readonly States: Record<string, State> };
}

function statesOf(definition: unknown): [string, State][] {
  const { States } = definition as { States: Record<string, State> };
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}

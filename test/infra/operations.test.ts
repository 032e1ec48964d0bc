// What people and machines reach a deployment by, and what tells them of it: the API, schedules, messages, alarms.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { openApiOf } from '../../lib/api/openapi.ts';
import { shown, templateOf } from './synthesised.ts';

const template = await templateOf();
const propertiesOf = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe('the HTTP API', () => {
  test('asks IAM on every route, those that do not exist included', () => {
    const routes = propertiesOf('AWS::ApiGatewayV2::Route');
    assert.ok(routes.some(({ RouteKey }) => RouteKey === '$default'));
    for (const { RouteKey, AuthorizationType } of routes) assert.equal(AuthorizationType, 'AWS_IAM', RouteKey);
  });

  test('has the routes of openapi.json, so that a policy may allow some of them', () => {
    const { paths } = openApiOf({ version: '0', basePath: '' }) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const keys = propertiesOf('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey as string);
    assert.deepEqual(keys.sort(), ['$default', ...described].sort());
  });

  test('goes to one function, in the payload format it reads, and no page of another origin gets in', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Integration', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationUri: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ApiFunction'), 'Arn'] },
      PayloadFormatVersion: '2.0',
    });
    assert.equal(propertiesOf('AWS::ApiGatewayV2::Api')[0]?.CorsConfiguration, undefined);
  });

  test('is limited, and says in a log who asked for what', async () => {
    const stage = (rate: number, burst: number) => ({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('userArn.*path.*status') },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', stage(50, 100));
    const narrow = await templateOf({ context: { apiRatePerSecond: 5, apiBurst: 7 } });
    narrow.hasResourceProperties('AWS::ApiGatewayV2::Stage', stage(5, 7));
  });

  test('and its address is an output', () => {
    template.hasOutput('ApiUrl', { Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^HttpApi'), 'ApiEndpoint'] } });
  });
});

describe('the function behind it', () => {
  test('is told what it sets schedules with and signs links with', async () => {
    const linked = await templateOf({ context: { linkSeconds: 60 } });
    const [api] = Object.entries(linked.findResources('AWS::Lambda::Function')).filter(([id]) => id.startsWith('Api'));
    const told = api?.[1].Properties.Environment.Variables as Record<string, unknown>;
    const names = ['START_FUNCTION_ARN', 'SCHEDULER_ROLE_ARN', 'DEAD_LETTER_QUEUE_ARN', 'LINK_ROLE_ARN'];
    assert.deepEqual(
      names.map((name) => shown(told[name])),
      ['<StartFunction>', '<SchedulingRole>', '<DeadLettersQueue>', '<LinksRole>'],
    );
    assert.match(String(told.SCHEDULE_GROUP), /^Picferry-Scheduling-Group-/);
    assert.equal(told.LINK_SECONDS, '60');
    assert.deepEqual(JSON.parse(String(told.ALLOWED_STORES)), {
      old: { bucket: 'old-pictures', prefix: '' },
      new: { bucket: 'new-pictures', prefix: 'archive/' },
    });
  });
});

test('prices of picferry.json are told to those who count with them', async () => {
  const priced = await templateOf({ prices: '{"readPerThousand":1}' });
  const told = Object.entries(priced.findResources('AWS::Lambda::Function'))
    .filter(([, { Properties }]) => Properties.Environment?.Variables?.PRICES === '{"readPerThousand":1}')
    .map(([id]) => id.replace(/Function.*$/, ''));
  assert.deepEqual(told.sort(), ['Copy', 'Plan', 'Summarise']);
});

describe('dead letters', () => {
  test('wait for 14 days, encrypted, and travel by TLS only', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  });

  test('come from Start and Settle, which nobody waits for, after two more attempts', () => {
    const configured = propertiesOf('AWS::Lambda::EventInvokeConfig').map((one) => [
      shown(one.FunctionName),
      shown(one.DestinationConfig.OnFailure.Destination),
      one.MaximumRetryAttempts,
    ]);
    assert.deepEqual(configured.sort(), [
      ['<SettleFunction>', '<DeadLettersQueue>', 2],
      ['<StartFunction>', '<DeadLettersQueue>', 2],
    ]);
  });
});

describe('messages', () => {
  test('go to a topic that only alarms and rules of this account publish to, by TLS only', () => {
    const [policy, ...others] = propertiesOf('AWS::SNS::TopicPolicy');
    assert.deepEqual(others, []);
    const statements = policy?.PolicyDocument.Statement as { Effect: string; Principal: unknown; Condition: unknown }[];
    assert.deepEqual(
      statements.map(({ Effect, Principal, Condition }) => ({ Effect, Principal, Condition })),
      [
        { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    );
  });

  test('tell of every ended migration of this deployment in words', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['picferry'],
        'detail-type': ['Picferry Migration Ended'],
        detail: { report: [{ prefix: Match.anyValue() }] },
      },
      Targets: [
        Match.objectLike({
          Arn: { Ref: Match.stringLikeRegexp('^NotificationsTopic') },
          InputTransformer: { InputTemplate: Match.stringLikeRegexp('^"Picferry: migration <.*> is <.*>') },
        }),
      ],
    });
  });

  test('are encrypted with a key of the account where one is named', async () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    const encrypted = await templateOf({ context: { notifyKmsKeyArn: key } });
    encrypted.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: key });
  });

  test('are sent to whom notifyEmail names, and to nobody otherwise', async () => {
    template.resourceCountIs('AWS::SNS::Subscription', 0);
    const told = await templateOf({ context: { notifyEmail: 'field@example.org' } });
    told.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'field@example.org' });
    await assert.rejects(templateOf({ context: { notifyEmail: 'nobody' } }), /notifyEmail/);
  });
});

describe('an alarm', async () => {
  const manual = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  /** As GitHub makes them of headings. */
  const sections = new Map(
    manual
      .split(/^### /m)
      .slice(1)
      .map((text) => [text.split('\n')[0]!.toLowerCase().replaceAll(' ', '-'), text.split(/^## /m)[0]!]),
  );
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));

  const WATCHED = ['Failed', 'FailedMigrations', 'OverdueSchedules', 'InvocationDroppedCount', 'TargetErrorCount'];
  test('stands over failed migrations and pictures, schedules that do not fire, and dead letters', () => {
    assert.deepEqual(
      alarms.map(([, { Properties }]) => Properties.MetricName as string).sort(),
      [...WATCHED, 'ApproximateNumberOfMessagesVisible'].sort(),
    );
  });

  for (const [id, { Properties }] of alarms) {
    const name = id.replace(/^Alarms|[0-9A-F]{8}$/g, '');
    test(`${name} tells the topic of the first one, is silent while nothing happens, and names what to do`, () => {
      assert.deepEqual(Properties.AlarmActions.map(shown), ['<NotificationsTopic>']);
      assert.equal(Properties.Threshold, 1);
      assert.equal(Properties.ComparisonOperator, 'GreaterThanOrEqualToThreshold');
      assert.equal(Properties.TreatMissingData, 'notBreaching');
      const [, section] = /docs\/operations\.md#([\w-]+)$/.exec(Properties.AlarmDescription) ?? [];
      const text = sections.get(section ?? '');
      assert.ok(text, `docs/operations.md has no section "${section}"`);
      for (const part of ['What it means', 'How to look', 'What to do']) assert.ok(text.includes(`**${part}.**`), part);
    });
  }

  test('of what lib/workflow counts goes by the stack’s name, which its functions put beside every figure', async () => {
    const second = await templateOf({ context: { stackName: 'Second' } });
    const own = Object.values(second.findResources('AWS::CloudWatch::Alarm')).filter(
      (one) => one.Properties.Namespace === 'Picferry',
    );
    assert.equal(own.length, 3);
    for (const one of own) assert.deepEqual(one.Properties.Dimensions, [{ Name: 'service', Value: 'Second' }]);
    second.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: 'Second' }) },
    });
  });
});

test('the dashboard can be left out', async () => {
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  (await templateOf({ context: { dashboard: 'false' } })).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

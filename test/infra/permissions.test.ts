// Who may do what in a deployment: exactly what is needed, written down a second time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTIONS } from '../../lib/infra/names.ts';
import { mayOf, shown, templateOf } from './synthesised.ts';

const template = await templateOf();

const READ_WRITE = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
const LOOK = ['s3:GetObject'];
const COPY = [
  's3:AbortMultipartUpload',
  's3:GetObject',
  's3:GetObjectTagging',
  's3:ListMultipartUploadParts',
  's3:PutObject',
  's3:PutObjectTagging',
];
const GET_PUT = ['dynamodb:GetItem', 'dynamodb:PutItem'];
const GET_PUT_QUERY = [...GET_PUT, 'dynamodb:Query'];
const files = (actions: string[]) => ({
  '<ReportsBucket>/migrations/*': actions,
  ...(actions.includes('s3:GetObject') ? { '<ReportsBucket>': ['s3:ListBucket'] } : {}),
});
const pictures = (actions: string[]) => ({
  'arn::s3:::old-pictures/*': actions,
  'arn::s3:::new-pictures/archive/*': actions,
});
const listings = { 'arn::s3:::old-pictures': ['s3:ListBucket'], 'arn::s3:::new-pictures': ['s3:ListBucket'] };
const start = { '<MigrationMachine>': ['states:StartExecution'] };
const executions = (actions: string[]) => ({ 'arn::states:::execution:<MigrationMachine>:*': actions });
const ABANDON = pictures(['s3:AbortMultipartUpload']);
const ANNOUNCE = { 'arn::events:::event-bus/default': ['events:PutEvents'] };
const DEAD_LETTER = { '<DeadLettersQueue>': ['sqs:SendMessage'] };
const BY_TIME = { '<RecordsTable>/index/byTime': ['dynamodb:Query'] };
const STEP = { '<RecordsTable>': GET_PUT_QUERY, ...files(READ_WRITE) };

const MAY: Record<(typeof FUNCTIONS)[number], Record<string, string[]>> = {
  Plan: { ...STEP, ...pictures(LOOK), ...listings },
  List: {
    '<RecordsTable>': GET_PUT,
    ...files(['s3:AbortMultipartUpload', 's3:PutObject']),
    ...pictures(LOOK),
    ...listings,
  },
  Summarise: STEP,
  Copy: { '<RecordsTable>': GET_PUT, ...files(READ_WRITE), ...pictures(COPY), ...listings },
  Verify: { ...STEP, ...ABANDON },
  Finish: { '<RecordsTable>': GET_PUT, ...files(READ_WRITE), ...ANNOUNCE },
  Fail: { ...STEP, ...ABANDON, ...ANNOUNCE },
  Start: {
    ...STEP,
    ...ABANDON,
    ...ANNOUNCE,
    ...start,
    ...executions(['states:DescribeExecution']),
    ...DEAD_LETTER,
  },
  Settle: {
    ...STEP,
    ...ABANDON,
    ...ANNOUNCE,
    ...BY_TIME,
    ...executions(['states:DescribeExecution']),
    ...DEAD_LETTER,
  },
  Api: {
    '<RecordsTable>': ['dynamodb:DeleteItem', ...GET_PUT_QUERY],
    ...files(READ_WRITE),
    ...ABANDON,
    ...ANNOUNCE,
    ...BY_TIME,
    ...start,
    ...executions(['states:DescribeExecution', 'states:StopExecution']),
    'arn::scheduler:::schedule/Picferry-Scheduling-Group-*/*': [
      'scheduler:CreateSchedule',
      'scheduler:DeleteSchedule',
      'scheduler:UpdateSchedule',
    ],
    '<SchedulingRole>': ['iam:PassRole'],
    '<LinksRole>': ['sts:AssumeRole'],
  },
};

describe('a function may do exactly what it needs', () => {
  for (const name of FUNCTIONS) {
    test(name, () => {
      assert.deepEqual(mayOf(template, `${name}Role`), {
        [`<${name}Log>`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        ...MAY[name],
      });
    });
  }

  test('no role has a managed policy', () => {
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      assert.equal(role.Properties.ManagedPolicyArns, undefined);
    }
  });

  test('a store in another account is reached by its role, one of another service by its secret', async () => {
    const elsewhere = await templateOf({
      stores: {
        partner: { bucket: 'partner', prefix: '', role: 'arn:aws:iam::111122223333:role/pictures' },
        minio: { bucket: 'minio', prefix: '', endpointUrl: 'https://minio.example', secret: 'minio-keys' },
      },
    });
    const may = mayOf(elsewhere, 'CopyRole');
    assert.deepEqual(may['arn:aws:iam::111122223333:role/pictures'], ['sts:AssumeRole']);
    assert.deepEqual(may['arn::secretsmanager:::secret:minio-keys-??????'], ['secretsmanager:GetSecretValue']);
    assert.deepEqual(
      Object.keys(may).filter((resource) => /s3:::(partner|minio)/.test(resource)),
      [],
    );
  });

  test('characters that mean something in a policy mean themselves in a prefix', async () => {
    const odd = await templateOf({ stores: { odd: { bucket: 'odd', prefix: 'a*b?c$d/' } } });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how a policy says it.
    assert.deepEqual(mayOf(odd, 'PlanRole')['arn::s3:::odd/a${*}b${?}c${$}d/*'], LOOK);
  });

  test('with KMS keys given, looking decrypts and copying encrypts', async () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    const encrypted = await templateOf({ context: { kmsKeyArns: key } });
    assert.deepEqual(mayOf(encrypted, 'ListRole')[key], ['kms:Decrypt']);
    assert.deepEqual(mayOf(encrypted, 'CopyRole')[key], ['kms:Decrypt', 'kms:GenerateDataKey']);
    assert.equal(mayOf(encrypted, 'SummariseRole')[key], undefined);
  });
});

const trustOf = (logicalId: RegExp) => {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => logicalId.test(id));
  assert.equal(roles.length, 1);
  return roles[0]![1].Properties.AssumeRolePolicyDocument.Statement;
};

describe('roles that others assume', () => {
  test('EventBridge Scheduler may call Start and leave dead letters, for this group of this account only', () => {
    assert.deepEqual(mayOf(template, 'SchedulingRole'), {
      '<StartFunction>': ['lambda:InvokeFunction'],
      ...DEAD_LETTER,
    });
    const [{ Principal, Condition }, ...others] = trustOf(/^SchedulingRole/);
    assert.deepEqual(others, []);
    assert.deepEqual(Principal, { Service: 'scheduler.amazonaws.com' });
    assert.deepEqual(Object.keys(Condition), ['StringEquals']);
    assert.deepEqual(Condition.StringEquals['aws:SourceAccount'], { Ref: 'AWS::AccountId' });
    assert.equal(shown(Condition.StringEquals['aws:SourceArn']), '<SchedulingGroup>');
  });

  test('the API passes that role to Scheduler and to nobody else', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string; Condition?: unknown }[],
    );
    const passing = statements.filter(({ Action }) => Action === 'iam:PassRole');
    assert.deepEqual(
      passing.map(({ Condition }) => Condition),
      [{ StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }],
    );
  });

  test('links are signed by a role that reads reports, and only the API has it', () => {
    assert.deepEqual(mayOf(template, 'LinksRole'), { '<ReportsBucket>/migrations/*': ['s3:GetObject'] });
    const [{ Principal }, ...others] = trustOf(/^LinksRole/);
    assert.deepEqual(others, []);
    assert.equal(shown(Principal.AWS), '<ApiRole>');
  });
});

describe('the state machine', () => {
  test('is the only kind that may use its role, and of this account', () => {
    const [{ Principal, Condition }, ...others] = trustOf(/^MigrationRole/);
    assert.deepEqual(others, []);
    assert.deepEqual(Principal, { Service: 'states.amazonaws.com' });
    assert.deepEqual(Condition.StringEquals, { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
    assert.deepEqual(Object.keys(Condition.ArnLike), ['aws:SourceArn']);
    // Shown without partition, region and account, which are the stack's.
    assert.equal(shown(Condition.ArnLike['aws:SourceArn']), 'arn::states:::stateMachine:*');
  });

  test('may call its functions, read plans, run its own maps, log and trace', () => {
    assert.deepEqual(mayOf(template, 'MigrationRole'), {
      ...Object.fromEntries(
        ['Plan', 'List', 'Summarise', 'Copy', 'Verify', 'Finish', 'Fail'].map((step) => [
          `<${step}Function>`,
          ['lambda:InvokeFunction'],
        ]),
      ),
      '<ReportsBucket>/migrations/*/round-*/plan.json': ['s3:GetObject'],
      '<ReportsBucket>/migrations/*/round-*/copy-plan.json': ['s3:GetObject'],
      ...start,
      ...executions(['states:DescribeExecution', 'states:StopExecution']),
      // AWS allows no narrower resource for either.
      '*': [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
    });
  });
});

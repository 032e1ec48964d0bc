// Who may do what in a deployment: exactly what is needed, written down a second time.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FUNCTIONS } from '../../lib/infra/names.ts';
import { mayOf, templateOf } from './synthesised.ts';

const template = await templateOf();

const READ_WRITE = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'];
const LOOK = ['s3:GetObject'];
const COPY = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectTagging', 's3:PutObject', 's3:PutObjectTagging'];
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
  Finish: { '<RecordsTable>': GET_PUT, ...files(['s3:AbortMultipartUpload', 's3:PutObject']) },
  Fail: { ...STEP, ...ABANDON },
  Start: { ...STEP, ...ABANDON, ...start, ...executions(['states:DescribeExecution']) },
  Settle: {
    ...STEP,
    ...ABANDON,
    '<RecordsTable>/index/byTime': ['dynamodb:Query'],
    ...executions(['states:DescribeExecution']),
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

describe('the state machine', () => {
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

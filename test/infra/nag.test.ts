// cdk-nag's AWS Solutions checks: all pass but those accepted here, each for a reason.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackOf } from './synthesised.ts';

const ACCEPTED: Readonly<Record<string, string>> = {
  'AwsSolutions-S1':
    'The reports bucket is written by this stack alone; who read what is CloudTrail data events’ task.',
  'AwsSolutions-SF1': 'Tens of thousands of children would log every event; errors are logged, traces are sampled.',
  'AwsSolutions-SQS3': 'The queue is where dead letters go; an alarm tells of each, and it keeps them for 14 days.',
  'AwsSolutions-IAM5':
    'Names of pictures, reports and executions are not known beforehand; permissions.test.ts says exactly which wildcards there are.',
};

test('cdk-nag finds nothing but what is accepted, and what is accepted is still found', async () => {
  const stack = await stackOf();
  const app = stack.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  // CDK prints every finding; the accepted ones are looked at below.
  const printed = mock.method(process.stderr, 'write', () => true);
  assert.throws(() => app.synth(), { name: 'ValidationFailed' });
  printed.mock.restore();
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { ruleName: string }[] }[];
  };
  rmSync(app.outdir, { recursive: true, force: true });
  const found = report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  assert.deepEqual([...new Set(found.map((rule) => rule.replace(/\[.*/, '')))].sort(), Object.keys(ACCEPTED).sort());
});

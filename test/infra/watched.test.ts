// What alarms and rules wait for is what the functions send: a name that differs in one letter would never be noticed.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { createAnnouncer } from '../../lib/deployed/announce.ts';
import type { Counted } from '../../lib/infra/metrics.ts';
import { counted } from '../../lib/infra/metrics.ts';
import { ENDED_EVENT } from '../../lib/infra/names.ts';
import { readSettings } from '../../lib/infra/settings.ts';
import type { MigrationEnded } from '../../lib/workflow/ended.ts';
import type { Metric } from '../../lib/workflow/ports.ts';

test('metrics arrive in the namespace, under the name and with the dimension that alarms look at', async () => {
  const settings = readSettings((name) => (name === 'stackName' ? 'Second' : undefined));
  process.env.POWERTOOLS_SERVICE_NAME = settings.stackName;
  const { observed, observer } = await import('../../functions/observe.ts');
  const written = mock.method(process.stdout, 'write', () => true);
  await observed(undefined, async () => observer.count('OverdueSchedules', 2));
  const lines = written.mock.calls.map(({ arguments: [line] }) => String(line));
  written.mock.restore();
  const sent = lines.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line));
  assert.equal(sent.length, 1, lines.join('\n'));
  const [{ Namespace, Dimensions, Metrics }] = sent[0]._aws.CloudWatchMetrics;
  const metric = counted(settings, 'OverdueSchedules');
  assert.equal(Namespace, metric.namespace);
  assert.deepEqual(Dimensions, [Object.keys(metric.dimensions ?? {})]);
  assert.equal(sent[0].service, metric.dimensions?.service);
  assert.deepEqual(
    Metrics.map((one: { Name: string }) => one.Name),
    [metric.metricName],
  );
  assert.equal(sent[0].OverdueSchedules, 2);
});

test('every metric that is counted can be watched, and no other', () => {
  // Judged by the compiler.
  const names: [Counted] extends [Metric] ? ([Metric] extends [Counted] ? true : false) : false = true;
  assert.ok(names);
});

test('the event of an ended migration is the one that the rule matches', async () => {
  const sent: PutEventsCommand[] = [];
  const client = {
    send: async (command: PutEventsCommand) => {
      sent.push(command);
      return { FailedEntryCount: 0, Entries: [] };
    },
  } as unknown as EventBridgeClient;
  await createAnnouncer(client).announce({ id: 'one', report: 's3://reports/one' } as MigrationEnded);
  const [entry] = sent[0]?.input.Entries ?? [];
  assert.equal(entry?.Source, ENDED_EVENT.source);
  assert.equal(entry?.DetailType, ENDED_EVENT.detailType);
  // Rules of this stack match where the report is.
  assert.equal(JSON.parse(entry?.Detail ?? '{}').report, 's3://reports/one');
});

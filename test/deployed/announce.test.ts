// The event at a migration's end: what it says, and that an event which was not taken is no success.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { createAnnouncer } from '../../lib/deployed/announce.ts';
import { ENDED_EVENT } from '../../lib/infra/names.ts';
import type { MigrationEnded } from '../../lib/workflow/ended.ts';
import { type AwsAnswer, scriptedAws } from '../support/scripted-aws.ts';

const ENDED: MigrationEnded = {
  id: '20260131-120000-x7k2p9',
  mode: 'sync',
  status: 'done',
  source: 's3://old/',
  destination: 's3://new/',
  startedAt: '2026-01-31T12:00:00.000Z',
  endedAt: '2026-01-31T12:05:00.000Z',
  remaining: { count: 0, bytes: 0 },
  copied: 7,
  failed: 0,
  report: 's3://reports/migrations/20260131-120000-x7k2p9/report.json',
};

const announcing = async (answer: AwsAnswer) => {
  const { config, calls } = scriptedAws(answer);
  await createAnnouncer(new EventBridgeClient(config)).announce(ENDED);
  return calls;
};

describe('announcing', () => {
  test('puts one event onto the account’s bus, with the figures as they are', async () => {
    const [call, ...more] = await announcing({ body: { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] } });
    assert.deepEqual(more, []);
    assert.match(call!.target ?? '', /PutEvents$/);
    const [entry, ...others] = call!.body.Entries as Record<string, string>[];
    assert.deepEqual(others, []);
    const { Detail, ...rest } = entry!;
    assert.deepEqual(rest, { Source: 'picferry', DetailType: 'Picferry Migration Ended' });
    // What the stack's rule listens to.
    assert.deepEqual(ENDED_EVENT, { source: rest.Source, detailType: rest.DetailType });
    assert.deepEqual(JSON.parse(Detail!), ENDED);
  });

  test('fails where the call succeeded and the event did not', async () => {
    const Entries = [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'too many' }];
    await assert.rejects(announcing({ body: { FailedEntryCount: 1, Entries } }), /ThrottlingException too many/);
  });

  test('fails where the call was refused', async () => {
    await assert.rejects(announcing({ error: 'AccessDeniedException' }), { name: 'AccessDeniedException' });
  });
});

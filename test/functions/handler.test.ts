// What stands around a step in a Lambda: its errors keep their names; logs, metrics and traces carry the migration's id.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, mock, test } from 'node:test';
import type { Context } from 'aws-lambda';
import { handle, handleStep } from '../../functions/handler.ts';
import { StoreRefused, StoreUnavailable } from '../../lib/stores/errors.ts';
import { readDefinition } from '../../lib/workflow/definition.ts';
import { LockLost, NoProgress, Stopping, SumsDisagree } from '../../lib/workflow/errors.ts';

Object.assign(process.env, { TABLE_NAME: 'table', REPORTS_BUCKET: 'bucket', AWS_REGION: 'us-east-1' });

const lambda = {
  functionName: 'List',
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 60_000,
} as Context;
const input = { migrationId: '20260131-120000-x7k2p9' };

/** Every line of JSON that was written meanwhile. */
const linesOf = async (run: () => Promise<unknown>): Promise<Record<string, unknown>[]> => {
  const streams = [process.stdout, process.stderr].map((stream) => mock.method(stream, 'write', () => true));
  try {
    await run().catch(() => {});
  } finally {
    mock.restoreAll();
  }
  const written = streams.flatMap(({ mock: { calls } }) => calls.map(({ arguments: [text] }) => String(text)));
  return written.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text));
};

describe('a step in a Lambda', () => {
  for (const Failure of [SumsDisagree, LockLost, NoProgress, StoreRefused, StoreUnavailable, Stopping]) {
    test(`throws ${Failure.name} under the name that the definition's retriers know`, async () => {
      const handler = handleStep(async () => {
        throw new Failure('because');
      });
      const lines = await linesOf(async () => {
        // Lambda's errorType is the thrown error's name.
        await assert.rejects(handler(input, lambda), { name: Failure.name, message: 'because' });
      });
      assert.match(await readDefinition(), new RegExp(`"${Failure.name}"`));
      const [line] = lines;
      assert.equal(line?.migrationId, input.migrationId);
      assert.equal((line!.error as Error).name, Failure.name);
    });
  }

  test('gets a deadline of its own and the input as it is', async () => {
    const handler = handleStep(async (given: typeof input, context) => ({
      given,
      leftMs: context.deadline - context.now(),
    }));
    const { given, leftMs } = await handler(input, lambda);
    assert.deepEqual(given, input);
    assert.ok(leftMs > 0 && leftMs <= 60_000);
  });

  test("logs lines of JSON with the migration's id, and the next invocation does not inherit it", async () => {
    const [line] = await linesOf(() =>
      handleStep(async (_: typeof input, context) => context.log('copied', { count: 3 }))(input, lambda),
    );
    assert.equal(line?.message, 'copied');
    assert.equal(line?.count, 3);
    assert.equal(line?.migrationId, input.migrationId);
    const [other] = await linesOf(() => handle(async (_: unknown, { host }) => host.log('swept'))({}, lambda));
    assert.equal(other?.message, 'swept');
    assert.ok(other && !('migrationId' in other));
  });
});

describe('metrics', () => {
  interface Emf {
    readonly _aws: {
      readonly CloudWatchMetrics: readonly {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      }[];
    };
    readonly [name: string]: unknown;
  }
  const publishedBy = async (run: () => Promise<unknown>): Promise<Emf[]> =>
    (await linesOf(run)).filter((line): line is Emf & Record<string, unknown> => '_aws' in line);

  test("are added up and published once as an invocation ends, beside the migration's id", async () => {
    const [published, ...more] = await publishedBy(() =>
      handleStep(async (_: typeof input, context) => {
        context.count('Copied', 2);
        context.count('Copied', 3);
        context.count('Bytes', 70);
        context.count('Failed', 0);
        for (let i = 0; i < 250; i++) context.count('Throttles', 1);
      })(input, lambda),
    );
    assert.deepEqual(more, []);
    const [metrics] = published!._aws.CloudWatchMetrics;
    assert.equal(metrics?.Namespace, 'Picferry');
    assert.deepEqual(metrics?.Dimensions, [['service']]);
    const units = metrics?.Metrics.map(({ Name, Unit }) => [Name, Unit, published![Name]]);
    // A nought is as dear as any other figure, and alarms take silence for one.
    assert.deepEqual(units, [
      ['Copied', 'Count', 5],
      ['Bytes', 'Bytes', 70],
      ['Throttles', 'Count', 250],
    ]);
    assert.equal(published!.service, 'picferry');
    assert.equal(published!.migrationId, input.migrationId);
  });

  test('are published also where the step broke, and not again by the next invocation', async () => {
    const breaking = handleStep(async (_: typeof input, context) => {
      context.count('FailedMigrations', 1);
      throw new StoreRefused('no');
    });
    const published = await publishedBy(() => breaking(input, lambda));
    assert.deepEqual(
      published.map(({ FailedMigrations }) => FailedMigrations),
      [1],
    );
    assert.deepEqual(await publishedBy(() => handleStep(async () => ({}))(input, lambda)), []);
  });
});

describe('the trace of an invocation', () => {
  const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8';

  /** What the X-Ray daemon beside the function is sent. */
  const sentBy = async (sampled: '0' | '1', run: () => Promise<unknown>): Promise<Record<string, unknown>[]> => {
    const daemon = createSocket('udp4').bind(0, '127.0.0.1');
    await once(daemon, 'listening');
    const sent: string[] = [];
    daemon.on('message', (message) => sent.push(message.toString()));
    process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
    process.env._X_AMZN_TRACE_ID = `${TRACE};Sampled=${sampled}`;
    try {
      await run().catch(() => {});
      const last = createSocket('udp4');
      const arrived = once(daemon, 'message');
      last.send('last', daemon.address().port, '127.0.0.1');
      // On one machine datagrams arrive in order: whatever was sent before is here by then.
      for (let seen = await arrived; String(seen[0]) !== 'last'; seen = await once(daemon, 'message'));
      last.close();
    } finally {
      delete process.env.AWS_XRAY_DAEMON_ADDRESS;
      delete process.env._X_AMZN_TRACE_ID;
      daemon.close();
    }
    return sent.filter((text) => text !== 'last').map((text) => JSON.parse(text.split('\n')[1] ?? ''));
  };

  test("is annotated with the migration's id, and says whether it broke", async () => {
    for (const breaks of [false, true]) {
      const step = handleStep(async () => {
        if (breaks) throw new Stopping('cancelled');
      });
      const [segment, ...more] = await sentBy('1', () => linesOf(() => step(input, lambda)));
      assert.deepEqual(more, []);
      const { start_time, end_time, id, ...rest } = segment!;
      assert.deepEqual(rest, {
        ...{ trace_id: '1-5759e988-bd862e3fe1be46a994272793', parent_id: '53995c3f42cd8ad8' },
        ...{ type: 'subsegment', name: 'picferry', fault: breaks, annotations: { migrationId: input.migrationId } },
      });
      assert.match(String(id), /^[0-9a-f]{16}$/);
      assert.ok(Number(end_time) >= Number(start_time) && Number(start_time) > 1e9);
    }
  });

  test('is left alone where it is not sampled, or no migration is known', async () => {
    assert.deepEqual(await sentBy('0', () => handleStep(async () => ({}))(input, lambda)), []);
    assert.deepEqual(await sentBy('1', () => handle(async () => ({}))({}, lambda)), []);
  });
});

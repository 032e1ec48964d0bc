// Executions in Step Functions: starting twice is harmless, and every end has its word.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsExecutions } from '../../lib/deployed/step-functions-executions.ts';
import type { ExecutionStatus, Executions } from '../../lib/workflow/ports.ts';
import { clientConfig } from '../support/aws.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';

const machine = (state: object): string => JSON.stringify({ StartAt: 'Only', States: { Only: state } });

describe('executions in Step Functions', () => {
  let emulator: Emulator;
  let client: SFNClient;
  before(async () => {
    emulator = await startEmulator();
    client = new SFNClient(clientConfig(emulator.endpointUrl));
  });
  after(async () => {
    client.destroy();
    await emulator.stop();
  });

  const executionsOf = async (name: string, state: object): Promise<Executions> => {
    const roleArn = 'arn:aws:iam::000000000000:role/machine';
    const create = new CreateStateMachineCommand({ name, definition: machine(state), roleArn });
    const { stateMachineArn } = await client.send(create);
    return createStepFunctionsExecutions(stateMachineArn ?? '', client);
  };

  const ended = async (executions: Executions, id: string): Promise<ExecutionStatus> => {
    for (;;) {
      const status = await executions.status(id);
      if (status !== 'running') return status;
      await sleep(10);
    }
  };

  test('an execution is known by the migration that started it, also when started again after its end', async () => {
    const executions = await executionsOf('ends', { Type: 'Succeed' });
    assert.equal(await executions.status('m1'), 'unknown');
    await executions.start('m1');
    assert.equal(await ended(executions, 'm1'), 'succeeded');
    await executions.start('m1');
    assert.equal(await ended(executions, 'm1'), 'succeeded');
    assert.equal(await executions.status('m2'), 'unknown');
  });

  test('one that fails has failed', async () => {
    const executions = await executionsOf('fails', { Type: 'Fail', Error: 'StoreRefused' });
    await executions.start('m1');
    assert.equal(await ended(executions, 'm1'), 'failed');
  });

  test('one that runs can be started again and stopped; stopping one that never was is harmless', async () => {
    const executions = await executionsOf('waits', { Type: 'Wait', Seconds: 600, End: true });
    await executions.start('m1');
    await executions.start('m1');
    assert.equal(await executions.status('m1'), 'running');
    await executions.stop('m1');
    assert.equal(await ended(executions, 'm1'), 'stopped');
    await executions.stop('m2');
  });
});

// Both twins of Scheduler keep one contract: EventBridge Scheduler in the emulator, and the records that `serve` looks at.
import { CreateScheduleGroupCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Firing } from '../../lib/api/fire-schedule.ts';
import type { ScheduleDocument } from '../../lib/api/schedule.ts';
import { createEventBridgeScheduler } from '../../lib/deployed/event-bridge-scheduler.ts';
import { createCron, storedScheduler } from '../../lib/embedded/cron.ts';
import { openSqliteRecords } from '../../lib/embedded/sqlite-records.ts';
import { clientConfig } from '../support/aws.ts';
import { startEmulator } from '../support/emulator.ts';
import { SCHEDULER_SETTINGS as settings } from '../support/scheduler-settings.ts';
import { type Settable, schedulerContract } from './scheduler.contract.ts';

schedulerContract('embedded, looked at by serve', async () => {
  const records = await openSqliteRecords(':memory:');
  let nowMs = Date.UTC(2026, 0, 31, 12);
  const fired: Firing[] = [];
  const cron = createCron({
    records,
    now: () => nowMs,
    fire: async (firing) => void fired.push(firing),
    log: () => {},
  });
  const stored = (name: string) => records.get<ScheduleDocument>('schedules', name);
  return {
    set: async (schedule) => {
      await storedScheduler.set(schedule);
      await records.put({ pk: 'schedules', sk: schedule.name, createdAt: new Date(nowMs).toISOString(), ...schedule });
    },
    unset: async (name) => {
      await storedScheduler.unset(name);
      await records.remove('schedules', name);
    },
    known: async (name) => {
      const found = await stored(name);
      return found && { name: found.name, expression: found.expression, timeZone: found.timeZone };
    },
    firing: async (name) => {
      await cron.look();
      nowMs += 60_000;
      await cron.look();
      return fired.find(({ schedule }) => schedule === name)!;
    },
    close: async () => {
      await cron.close();
      records.close();
    },
  };
});

schedulerContract('deployed, in EventBridge Scheduler', async () => {
  const emulator = await startEmulator();
  const client = new SchedulerClient(clientConfig(emulator.endpointUrl));
  await client.send(new CreateScheduleGroupCommand({ Name: settings.group }));
  const scheduler = createEventBridgeScheduler(settings, client);
  const find = async (name: string) => {
    try {
      return await client.send(new GetScheduleCommand({ Name: name, GroupName: settings.group }));
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  };
  return {
    set: (schedule) => scheduler.set(schedule),
    unset: (name) => scheduler.unset(name),
    known: async (name): Promise<Settable | undefined> => {
      const found = await find(name);
      return found && { name, expression: found.ScheduleExpression!, timeZone: found.ScheduleExpressionTimezone! };
    },
    // test/e2e/deployed waits for one to fire by itself; here, what it will send.
    firing: async (name) => JSON.parse((await find(name))!.Target!.Input!) as Firing,
    close: async () => {
      client.destroy();
      await emulator.stop();
    },
  };
});

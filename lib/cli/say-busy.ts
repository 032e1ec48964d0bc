// What is said where another migration holds the pair's lock.
import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '../report/printable.ts';
import { resultOf } from '../report/result.ts';
import { UsageError } from '../stores/usage-error.ts';
import { EXIT } from './exit.ts';
import { quoted } from './quoted.ts';
import type { Service } from './service.ts';

export const sayBusy = async (service: Service, id: string, json: boolean): Promise<number> => {
  const which = `${quoted(id)}${service.flags}`;
  process.stderr.write(
    `error: migration ${printable(id)} is running on this pair; wait for it with "picferry watch ${which}", or look at it with "picferry show ${which}"\n`,
  );
  const result = json ? await resultSoFar(service, id) : undefined;
  if (result) process.stdout.write(`${JSON.stringify(result)}\n`);
  return EXIT.broken;
};

/** A start takes the lock first and writes the migration down a moment later, or never where the disk is full: then nothing is known of it. */
const LOOKS = 5;
const LOOK_EVERY_MS = 100;

const resultSoFar = async (service: Service, id: string) => {
  for (let look = 1; ; look++) {
    try {
      const [detail, view] = await Promise.all([service.migration(id), service.report(id)]);
      return resultOf(view.report, detail.report);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      if (look === LOOKS) return undefined;
      await sleep(LOOK_EVERY_MS);
    }
  }
};

// What is said where another migration holds the pair's lock.
import { printable } from '../report/printable.ts';
import { resultOf } from '../report/result.ts';
import { EXIT } from './exit.ts';
import { quoted } from './quoted.ts';
import type { Service } from './service.ts';

export const sayBusy = async (service: Service, id: string, json: boolean): Promise<number> => {
  const which = `${quoted(id)}${service.flags}`;
  process.stderr.write(
    `error: migration ${printable(id)} is running on this pair; wait for it with "picferry watch ${which}", or look at it with "picferry show ${which}"\n`,
  );
  if (json) {
    const [detail, view] = await Promise.all([service.migration(id), service.report(id)]);
    process.stdout.write(`${JSON.stringify(resultOf(view.report, detail.report))}\n`);
  }
  return EXIT.broken;
};

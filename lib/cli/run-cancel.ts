// Runs `cancel`: says what happens now, since a migration stops between two pictures and not at once.
import { hasEnded } from '../workflow/record.ts';
import { EXIT } from './exit.ts';
import type { ServiceFlags } from './flags.ts';
import { quoted } from './quoted.ts';
import { withService } from './service.ts';

export const runCancel = (id: string, flags: ServiceFlags): Promise<number> =>
  withService(flags, async (service) => {
    const detail = await service.cancel(id);
    const { status } = detail;
    if (flags.json) process.stdout.write(`${JSON.stringify(detail)}\n`);
    else if (hasEnded(status)) process.stdout.write(`Migration ${id} is ${status}.\n`);
    else {
      process.stdout.write(
        `Migration ${id} is stopping: what is being copied is finished or left out whole, and what was copied stays. ` +
          `"picferry watch ${quoted(id)}${service.flags}" tells how it ends.\n`,
      );
    }
    return EXIT.fine;
  });

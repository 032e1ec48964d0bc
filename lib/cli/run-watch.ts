// Runs `watch`: follows a migration that somebody started, and ends as the command that started it would have.
import type { ServiceFlags } from './flags.ts';
import { followThere } from './follow-there.ts';
import { printEnd } from './print-result.ts';
import { withService } from './service.ts';

export const runWatch = (id: string, flags: ServiceFlags): Promise<number> =>
  withService(flags, async (service) => {
    await service.migration(id);
    await followThere(service, async () => ({ kind: 'started', id }));
    return printEnd(service, id, flags.json === true);
  });

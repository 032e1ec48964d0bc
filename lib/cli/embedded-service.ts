// Migrations of a state folder of this machine. Asking leaves nothing behind: neither a state folder nor records in one's own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cancelRequested } from '../api/cancel.ts';
import { listSummaries } from '../api/listing.ts';
import { isRefusal, type Refusal } from '../api/refusal.ts';
import { reportViewOf } from '../api/report-view.ts';
import { detailOf } from '../api/summary.ts';
import { type EmbeddedHost, openEmbedded } from '../embedded/host.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { ServiceFlags } from './flags.ts';
import { reportFiles } from './report-files.ts';
import { flagText, type Service, unknownMigration, unknownSchedule } from './service.ts';

/** Of a state folder, which need not be there yet. */
export const openState = async (flags: ServiceFlags): Promise<Service> => {
  const stateDir = stateDirOf(flags.stateDir);
  let host = existsSync(join(stateDir, 'records.sqlite')) ? await openEmbedded({ stateDir }) : undefined;
  const making = async (): Promise<EmbeddedHost> => {
    host ??= await openEmbedded({ stateDir });
    return host;
  };
  return { ...embeddedService({ host, stateDir, making }, flags), close: async () => host?.close() };
};

/** Of a host that somebody has opened and closes. */
export const serviceOf = (host: EmbeddedHost, flags: ServiceFlags): Service =>
  embeddedService({ host, stateDir: host.stateDir, making: async () => host }, flags);

interface State {
  /** undefined: nothing was ever started there. */
  readonly host: EmbeddedHost | undefined;
  readonly stateDir: string;
  /** For what must be written. */
  making(): Promise<EmbeddedHost>;
}

const embeddedService = ({ host, stateDir, making }: State, flags: ServiceFlags): Service => {
  const place = {
    where: `in ${stateDir}`,
    flags: flagText('--state-dir', flags.stateDir),
  };
  const about = async <T extends object>(id: string, ask: (host: EmbeddedHost) => Promise<T | Refusal>): Promise<T> => {
    const answer = host && (await ask(host));
    if (!answer || (isRefusal(answer) && answer.status === 404)) throw unknownMigration(id, place);
    return accepted(answer);
  };
  const report = (id: string) => about(id, (known) => reportViewOf(id, known, { links: false }));
  const schedules = async () => (await import('./embedded-schedules.ts')).openSchedules({ host, stateDir, making });
  return {
    ...place,
    askEveryMs: 0,
    list: async ({ limit }) => (host ? accepted(await listSummaries(host, { limit })).migrations : []),
    migration: (id) => about(id, (known) => detailOf(id, known)),
    report,
    page: async (id) => {
      const { page } = (await report(id)).places;
      return page === undefined ? undefined : pathToFileURL(page);
    },
    files: async (id) => {
      // Paths in the place of links, so that both ways name and join the same files.
      const links = { to: async (path: string) => ({ url: path, expiresAt: '' }) };
      const view = await about(id, (known) => reportViewOf(id, { ...known, links }, { links: true }));
      return reportFiles(view.links, async ({ url }) => (await making()).files.open(url));
    },
    cancel: (id) => about(id, (known) => cancelRequested(id, known)),
    schedules: async () => (await schedules()).list(),
    addSchedule: async (body) => accepted(await (await schedules()).add(body)),
    removeSchedule: async (name) => {
      if (!(await (await schedules()).remove(name))) throw unknownSchedule(name, place);
    },
    close: async () => {},
  };
};

const accepted = <T extends object>(answer: T | Refusal): T => {
  if (isRefusal(answer)) throw new UsageError(answer.message);
  return answer;
};

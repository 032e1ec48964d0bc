// Migrations behind an API: a deployment's, or one of `picferry serve`.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Link } from '../api/ports.ts';
import type { MigrationSummary } from '../api/resources.ts';
import { stateDirOf } from '../embedded/state-dir.ts';
import { formatMoment } from '../report/format.ts';
import { asDetail, asListing, asReportView, asSchedule, asSchedules, asStarted, isId } from './answers.ts';
import type { ApiAddress } from './api-address.ts';
import { type ApiClient, ApiRefusal, type ClientSettings, createApiClient, Unreachable } from './api-client.ts';
import { credentialsFor } from './api-credentials.ts';
import type { ServiceFlags } from './flags.ts';
import { linkUrl } from './link-url.ts';
import { reportFiles } from './report-files.ts';
import { flagText, type RemoteService, unknownMigration, unknownSchedule } from './service.ts';

/** Somebody pays for every request, and a commit comes every few seconds. */
const ASK_EVERY_MS = 2_000;
const PAGE = 100;

export const openRemote = async (
  { url, from }: ApiAddress,
  { stateDir }: ServiceFlags,
  env: NodeJS.ProcessEnv,
  settings: Partial<ClientSettings> = {},
): Promise<RemoteService> => {
  const credentials = await credentialsFor(url, { stateDir: stateDirOf(stateDir, env), env });
  return remoteService(createApiClient(credentials, settings), {
    where: `at ${shown(url)}`,
    // Whoever set the variable has it set for the next command, too.
    flags: from === '--api' ? `${flagText('--api', shown(url))}${flagText('--state-dir', stateDir)}` : '',
  });
};

const isUnknown = (error: unknown): boolean =>
  error instanceof ApiRefusal && error.status === 404 && error.problem !== undefined;

const shown = (url: URL): string => url.href.replace(/\/$/, '');

export const remoteService = (
  ask: ApiClient,
  { where, flags }: { readonly where: string; readonly flags: string },
): RemoteService => {
  /** In the words of a command, not of HTTP. */
  const about = async (id: string, method: 'GET' | 'POST', rest = ''): Promise<unknown> => {
    try {
      return await ask({ method, path: `/migrations/${encodeURIComponent(id)}${rest}` });
    } catch (error) {
      throw isUnknown(error) ? unknownMigration(id, { where, flags }) : error;
    }
  };
  const migration = async (id: string) => asDetail(await about(id, 'GET'));
  const report = async (id: string) => asReportView(await about(id, 'GET', '/report'));
  return {
    where,
    flags,
    askEveryMs: ASK_EVERY_MS,
    list: (options) => list(ask, options.limit),
    migration,
    report,
    page: async (id) => {
      const link = (await report(id)).links?.['report.html'];
      return link && linkUrl(link.url);
    },
    files: async (id) => reportFiles((await report(id)).links, openLink),
    start: async (body) => {
      // One key for all attempts: however often the answer gets lost, one migration is started.
      const idempotencyKey = randomUUID();
      try {
        const { id } = asStarted(await ask({ method: 'POST', path: '/migrations', body, idempotencyKey }));
        return { kind: 'started', id };
      } catch (error) {
        const holder = error instanceof ApiRefusal && error.status === 409 ? error.problem?.migrationId : undefined;
        // An earlier migration that has not ended is named too, and is no other one on the pair.
        if (!isId(holder) || ('from' in body && holder === body.from)) throw error;
        return { kind: 'busy', id: holder };
      }
    },
    cancel: async (id) => asDetail(await about(id, 'POST', '/cancel')),
    schedules: async () => asSchedules(await ask({ method: 'GET', path: '/schedules' })),
    addSchedule: async (body) => asSchedule(await ask({ method: 'POST', path: '/schedules', body, onlyOnce: true })),
    removeSchedule: async (name) => {
      try {
        await ask({ method: 'DELETE', path: `/schedules/${encodeURIComponent(name)}` });
      } catch (error) {
        throw isUnknown(error) ? unknownSchedule(name, { where, flags }) : error;
      }
    },
    close: async () => {},
  };
};

const list = async (ask: ApiClient, limit: number): Promise<readonly MigrationSummary[]> => {
  const found: MigrationSummary[] = [];
  let before: string | undefined;
  do {
    const query = { limit: String(Math.min(PAGE, limit - found.length)), before };
    const page = asListing(await ask({ method: 'GET', path: '/migrations', query }));
    found.push(...page.migrations);
    before = page.next;
  } while (before !== undefined && found.length < limit);
  return found.slice(0, limit);
};

/** Links open by themselves: no token and no signature goes with them. Where they lead elsewhere, nobody follows. */
const openLink = async ({ url, expiresAt }: Link): Promise<Readable> => {
  const link = linkUrl(url);
  const { origin, pathname } = link;
  const response = await fetch(link, { redirect: 'manual' }).catch((error: Error) => {
    throw new Unreachable(`${origin} cannot be reached: ${(error.cause as Error)?.message ?? error.message}`);
  });
  if (!response.ok || !response.body) {
    const when = response.status === 403 ? ` (the link was good until ${formatMoment(expiresAt)})` : '';
    throw new Unreachable(`${origin}${pathname} answered ${response.status}${when}: run the command again`);
  }
  return Readable.fromWeb(response.body as ReadableStream);
};

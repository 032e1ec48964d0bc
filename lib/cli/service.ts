// What commands ask, wherever migrations are kept: in a state folder of this machine or behind an API.
import type { Readable } from 'node:stream';
import type { MigrationDetail, MigrationSummary, ReportView } from '../api/resources.ts';
import type { ScheduleView } from '../api/schedule.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { From, Mode, Options } from '../workflow/request.ts';
import { apiAddressOf } from './api-address.ts';
import type { ServiceFlags } from './flags.ts';
import { quoted } from './quoted.ts';

/** As lib/api/bodies.ts judges them. */
export interface PairAsked {
  readonly source: string;
  readonly destination: string;
  readonly mode: Mode;
  readonly options: Options;
}

export interface ScheduleAsked extends PairAsked {
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
}

export type Started =
  | { readonly kind: 'started'; readonly id: string }
  /** That migration holds the pair's lock. */
  | { readonly kind: 'busy'; readonly id: string };

/** A file of a report, under the name people get it by. */
export interface ReportFile {
  readonly name: string;
  /** Throws where it is gone. The parts follow one another. */
  open(): AsyncIterable<Readable>;
}

/** Every method throws `UsageError` for what it is refused, an unknown id for example. */
export interface Service {
  /** Where it is, for messages. */
  readonly where: string;
  /** Flags that a recommended command must carry to find the same migrations: `--api URL`, `--state-dir DIR` or nothing. */
  readonly flags: string;
  /** How often it may be asked for progress, ms. */
  readonly askEveryMs: number;
  /** Newest first. */
  list(options: { readonly limit: number }): Promise<readonly MigrationSummary[]>;
  migration(id: string): Promise<MigrationDetail>;
  report(id: string): Promise<ReportView>;
  /** Where a browser finds report.html: a file or a link; undefined where there is none yet. */
  page(id: string): Promise<URL | undefined>;
  files(id: string): Promise<readonly ReportFile[]>;
  cancel(id: string): Promise<MigrationDetail>;
  schedules(): Promise<readonly ScheduleView[]>;
  addSchedule(body: ScheduleAsked): Promise<ScheduleView>;
  removeSchedule(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Only a service that runs migrations itself can be asked to start one; embedded, a command is its own. */
export interface RemoteService extends Service {
  start(body: PairAsked | From): Promise<Started>;
}

/** The same words wherever it was looked for. */
export const unknownMigration = (id: string, { where, flags }: Pick<Service, 'where' | 'flags'>): UsageError =>
  new UsageError(`there is no migration ${id} ${where}: "picferry list${flags}" names those there are`);

export const unknownSchedule = (name: string, { where, flags }: Pick<Service, 'where' | 'flags'>): UsageError =>
  new UsageError(`there is no schedule "${name}" ${where}: "picferry schedule list${flags}" names those there are`);

/** ` --state-dir '/my pictures'`, as a shell takes it; nothing for nothing. */
export const flagText = (flag: string, value: string | undefined): string =>
  value === undefined ? '' : ` ${flag} ${quoted(value)}`;

/** Whatever the command makes of it, connections and records are let go of. */
export const withService = async <T>(
  flags: ServiceFlags,
  use: (service: Service) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> => {
  const service = await openService(flags, env);
  try {
    return await use(service);
  } finally {
    await service.close();
  }
};

const openService = async (flags: ServiceFlags, env: NodeJS.ProcessEnv): Promise<Service> => {
  const api = apiAddressOf(flags, env);
  if (api) {
    const { openRemote } = await import('./remote-service.ts');
    return openRemote(api, flags, env);
  }
  const { openState } = await import('./embedded-service.ts');
  return openState(flags);
};

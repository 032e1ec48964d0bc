// Schedules of a state folder: stored here, fired by `picferry serve`. Loaded by their commands alone, since judging takes zod.
import type { Refusal } from '../api/refusal.ts';
import type { ScheduleView } from '../api/schedule.ts';
import { addSchedule, listSchedules, removeSchedule } from '../api/schedules.ts';
import { storedScheduler } from '../embedded/cron.ts';
import type { EmbeddedHost } from '../embedded/host.ts';
import { readKnownStores } from '../embedded/known-stores.ts';
import type { Records } from '../workflow/ports.ts';
import type { ScheduleAsked } from './service.ts';

interface State {
  readonly host: EmbeddedHost | undefined;
  readonly stateDir: string;
  making(): Promise<EmbeddedHost>;
}

export const openSchedules = ({ host, stateDir, making }: State) => ({
  list: async (): Promise<ScheduleView[]> => (host ? listSchedules(host) : []),
  add: async (body: ScheduleAsked): Promise<ScheduleView | Refusal> => {
    const stores = await readKnownStores({ cwd: process.cwd(), allow: [], stateDir, env: process.env });
    const records = host?.records ?? recordsWhenWritten(making);
    return addSchedule(body, { records, stores, scheduler: storedScheduler, now: Date.now });
  },
  /** False: there is none of that name. */
  remove: async (name: string): Promise<boolean> =>
    host !== undefined && !(await removeSchedule(name, { records: host.records, scheduler: storedScheduler })),
});

/** What is refused is judged before anything is written, so it leaves no state folder behind. */
const recordsWhenWritten = (making: State['making']): Records => ({
  get: async (...place) => (await making()).records.get(...place),
  put: async (...document) => (await making()).records.put(...document),
  remove: async (...place) => (await making()).records.remove(...place),
  list: async function* (...which) {
    yield* (await making()).records.list(...which);
  },
  newest: async (...which) => (await making()).records.newest(...which),
});

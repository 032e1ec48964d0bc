// When a schedule is due: EventBridge Scheduler's expressions, computed, so that serve fires and alarms watch as AWS does.
import { Cron } from 'croner';
import { UsageError } from '../stores/usage-error.ts';
import { shown } from './refusal.ts';

/** Times in ms since 1970; undefined: there is none. */
export interface DueTimes {
  /** The first one after that time. */
  next(afterMs: number): number | undefined;
  /** The last one before that time. */
  previous(beforeMs: number): number | undefined;
}

/** Rates count from `createdAtMs`, in whichever time zone. Throws `UsageError` for what AWS would not take. */
export const parseExpression = (expression: string, timeZone: string, createdAtMs = 0): DueTimes => {
  checkTimeZone(timeZone);
  const rate = /^rate\((.*)\)$/is.exec(expression);
  if (rate) return everyMs(periodOf(rate[1] as string, expression), createdAtMs);
  const cron = /^cron\((.*)\)$/is.exec(expression);
  if (cron) return cronTimes(cron[1] as string, timeZone);
  throw new UsageError(
    `"${shown(expression)}" is no schedule: write rate(15 minutes), or cron(minute hour day-of-month month day-of-week year) as in cron(0 2 * * ? *)`,
  );
};

const checkTimeZone = (timeZone: string): void => {
  try {
    // JavaScript knows offsets such as +01:00 too; AWS takes names only.
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError();
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new UsageError(`"${shown(timeZone)}" is no time zone: write an IANA name such as Europe/Vienna, or UTC`);
  }
};

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** A hundred years: beyond it there are no dates to compute with. */
const LONGEST_MS = 36_500 * 86_400_000;

/** As EventBridge reads it: 1 has the unit in the singular, everything else in the plural. */
const periodOf = (text: string, expression: string): number => {
  const [, value = '', unit = '', plural] = /^([1-9]\d{0,8}) +(minute|hour|day)(s?)$/.exec(text.trim()) ?? [];
  const periodMs = Number(value) * (UNIT_MS[unit] ?? Number.NaN);
  const isRight = (value === '1') === (plural === '') && periodMs <= LONGEST_MS;
  if (isRight) return periodMs;
  throw new UsageError(
    `${shown(expression)} cannot be used: write rate(1 minute), rate(15 minutes), rate(2 hours), rate(1 day)`,
  );
};

const everyMs = (periodMs: number, createdAtMs: number): DueTimes => ({
  next: (afterMs) => createdAtMs + periodMs * Math.max(1, Math.floor((afterMs - createdAtMs) / periodMs) + 1),
  previous: (beforeMs) => {
    const times = Math.ceil((beforeMs - createdAtMs) / periodMs) - 1;
    return times < 1 ? undefined : createdAtMs + periodMs * times;
  },
});

const MONTHS = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const DAYS = 'SUN|MON|TUE|WED|THU|FRI|SAT';

/** What AWS lets stand in each field; croner, which takes more, judges numbers, ranges and steps. */
const FIELDS: readonly (readonly [name: string, allowed: RegExp])[] = [
  ['minute', /^[\d,*/-]+$/],
  ['hour', /^[\d,*/-]+$/],
  ['day of month', /^(\?|[\d,*/LW-]+)$/i],
  ['month', new RegExp(`^([\\d,*/-]|${MONTHS})+$`, 'i')],
  ['day of week', new RegExp(`^(\\?|([1-7,*L-]|#[1-5]|${DAYS})+)$`, 'i')],
  ['year', /^([,*-]|\/\d+|19[7-9]\d|2[01]\d\d)+$/],
];

const cronTimes = (text: string, timeZone: string): DueTimes => {
  const fields = text.trim().split(/\s+/);
  const [minute, hour, day = '', month, weekday = '', year] = fields;
  const refuse = (why: string): never => {
    throw new UsageError(`cron(${shown(text)}) cannot be used: ${why}`);
  };
  if (fields.length !== FIELDS.length) refuse('six fields are needed: minute hour day-of-month month day-of-week year');
  FIELDS.forEach(([name, allowed], at) => {
    if (!allowed.test(fields[at] as string)) refuse(`${name} cannot be ${shown(fields[at] as string)}`);
  });
  if ((day === '?') === (weekday === '?')) refuse('either day-of-month or day-of-week must be ?, and not both');
  // Alone, L is the week's last day.
  const days = weekday.replace(/^L$/i, '7').replace('?', '*');
  try {
    const pattern = `0 ${minute} ${hour} ${day.replace('?', '*')} ${month} ${days} ${year}`;
    const cron = new Cron(pattern, {
      timezone: timeZone,
      mode: '7-part',
      alternativeWeekdays: true,
      sloppyRanges: true,
      paused: true,
    });
    return withoutShifts(cron, timeZone);
  } catch (error) {
    return refuse((error as Error).message.replace(/^CronPattern: /, ''));
  }
};

/** Clocks are set back by as much, where they are. */
const SHIFTS_MS = [3_600_000, 1_800_000];

/**
 * When clocks change, AWS skips a time that does not exist and fires once at one that comes twice; croner, like Vixie
 * cron, may do otherwise.
 */
const withoutShifts = (cron: Cron, timeZone: string): DueTimes => {
  const clock = new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const isDue = (date: Date): boolean =>
    cron.match(date) && SHIFTS_MS.every((shiftMs) => clock.format(date.getTime() - shiftMs) !== clock.format(date));
  const search = (fromMs: number, step: (from: Date) => Date | null | undefined): number | undefined => {
    for (let found = step(new Date(fromMs)); found; found = step(found)) if (isDue(found)) return found.getTime();
    return undefined;
  };
  return {
    next: (afterMs) => search(afterMs, (from) => cron.nextRun(from)),
    previous: (beforeMs) => search(beforeMs, (from) => cron.previousRuns(1, from)[0]),
  };
};

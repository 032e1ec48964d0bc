// Texts of the command line as values: dates, durations, numbers. Says what would have been right.
import { InvalidArgumentError } from 'commander';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/** A date is its midnight; where no zone is named it is UTC, whatever this machine's zone: scripts travel. */
export const parseDate = (text: string): string => {
  const moment = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : dateTime(text);
  // `Date.parse` takes the 30th of February for the 1st of March; no picture was meant by that.
  if (Number.isNaN(moment) || !isOnCalendar(text.slice(0, 10))) {
    throw new InvalidArgumentError(
      'Expected an ISO 8601 date or date-time, such as 2026-05-01, 2026-05-01T18:30 (UTC) or 2026-05-01T18:30:00+02:00.',
    );
  }
  return new Date(moment).toISOString();
};

const dateTime = (text: string): number => {
  const [, day, time, seconds = ':00', zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${time}${seconds}${zoneWithColon(zone.toUpperCase())}`);
};

const zoneWithColon = (zone: string): string =>
  /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;

const isOnCalendar = (day: string): boolean => {
  const moment = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(day);
};

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** To milliseconds. */
export const parseDuration = (text: string): number => {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  const ms = number === undefined ? Number.NaN : Math.round(Number(number) * (UNIT_MS[unit] ?? Number.NaN));
  if (!Number.isSafeInteger(ms)) {
    throw new InvalidArgumentError('Expected a duration, such as 30s, 5m, 1h, or plain seconds.');
  }
  return ms;
};

/** What no machine and no service would take is a slip of the keyboard. */
const MOST = 10_000;

export const parseCount = (text: string): number => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > MOST) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST}.`);
  }
  return number;
};

/** For an option that may stand several times. */
export const collect = (text: string, before: readonly string[] = []): string[] => {
  if (text === '') throw new InvalidArgumentError('Expected a pattern; this one is empty.');
  return [...before, text];
};

export const parseStorageClass = (text: string): string => {
  if (/^[A-Z][A-Z_]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a storage class in capitals, such as STANDARD_IA or GLACIER_IR.');
};

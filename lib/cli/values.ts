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

const LEAST_TPS = 0.1;
const MOST_TPS = 1_000_000;

/** Requests a second. */
export const parseTps = (text: string): number => {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number < LEAST_TPS || number > MOST_TPS) {
    throw new InvalidArgumentError(`Expected requests a second, from ${LEAST_TPS} to ${MOST_TPS}.`);
  }
  return number;
};

const UNIT_BYTES: Readonly<Record<string, number>> = { b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, t: 1_024 ** 4 };

/** To bytes a second. A bare number is KiB to rclone and bytes to others, MB has two meanings: nobody has to guess which. */
export const parseBandwidth = (text: string): number => {
  const [, number, unit = 'b'] = /^(\d+(?:\.\d+)?)(?:b|([kmgt])(?:i|ib)?)$/i.exec(text) ?? [];
  const bytes = number === undefined ? Number.NaN : Math.round(Number(number) * UNIT_BYTES[unit.toLowerCase()]!);
  if (!Number.isSafeInteger(bytes) || bytes < 1) {
    throw new InvalidArgumentError(
      'Expected bytes a second with a unit, such as 500k, 10M or 1.5G (k is 1,024 bytes, B one).',
    );
  }
  return bytes;
};

/** US dollars; a sign or a currency would be guessed at. */
export const parseUsd = (text: string): number => {
  const usd = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(usd > 0 && usd <= 1e9)) throw new InvalidArgumentError('Expected US dollars, such as 5 or 0.50; more than 0.');
  return usd;
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

// Which camera took a picture and when, as far as its key tells.
import type { Entry } from './entry.ts';
import type { KeyPattern } from './key-pattern.ts';

export interface Capture {
  /** May hold slashes. */
  readonly camera?: string;
  /** Milliseconds since 1970; the key's figures are read as UTC. */
  readonly capturedAt?: number;
}

/**
 * Without a pattern: `<camera>/pictures/YYYYMMDD/YYYYMMDDHHMMSS…` and `<camera>/pictures/raw/YYYYMMDD/YYYYMMDDHHMMSS…`.
 * With one: its named groups (`compileKeyPattern`). What is no date (20261399) gives no time.
 */
export function captureOf(key: string, pattern?: KeyPattern): Capture {
  if (pattern !== undefined) return captureByPattern(key, pattern);
  const camera = cameraEnd(key);
  if (camera === undefined) return {};
  const capturedAt = timeInName(key);
  return {
    ...(camera > 0 && { camera: key.slice(0, camera) }),
    ...(capturedAt !== undefined && { capturedAt }),
  };
}

/** When a picture was taken: by its key, else when it was modified. */
export function capturedAt(entry: Entry, pattern?: KeyPattern): number {
  if (pattern !== undefined) return captureByPattern(entry.key, pattern).capturedAt ?? entry.modifiedAt;
  // Time first: most keys without one are told by their name's first character.
  const time = timeInName(entry.key);
  return time !== undefined && cameraEnd(entry.key) !== undefined ? time : entry.modifiedAt;
}

const PICTURES = 'pictures/';
const DAY_DIGITS = 8;
const TIME_DIGITS = 14;

/** Where the camera's name ends (0: the store is one camera's); undefined where the key is laid out in another way. */
function cameraEnd(key: string): number | undefined {
  const day = key.lastIndexOf('/') - DAY_DIGITS;
  if (day < PICTURES.length || !areDigits(key, day, DAY_DIGITS)) return undefined;
  const inRaw = key.charCodeAt(day - 2) === 0x77 || key.charCodeAt(day - 2) === 0x57;
  const folders = inRaw && key.slice(day - 4, day).toLowerCase() === 'raw/' ? day - 4 : day;
  const pictures = folders - PICTURES.length;
  if (pictures < 0 || !key.startsWith(PICTURES, pictures)) return undefined;
  if (pictures === 0) return 0;
  return key.charCodeAt(pictures - 1) === 0x2f ? pictures - 1 : undefined;
}

function timeInName(key: string): number | undefined {
  const at = key.lastIndexOf('/') + 1;
  if (!areDigits(key, at, TIME_DIGITS)) return undefined;
  return utc(
    number(key, at, 4),
    number(key, at + 4, 2),
    number(key, at + 6, 2),
    number(key, at + 8, 2),
    number(key, at + 10, 2),
    number(key, at + 12, 2),
  );
}

// Called for every entry of millions: no slices, no regular expression.
function areDigits(text: string, at: number, length: number): boolean {
  if (at + length > text.length) return false;
  for (let i = at; i < at + length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

function number(text: string, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 10 + text.charCodeAt(i) - 0x30;
  return value;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function utc(year: number, month: number, day: number, hour: number, minute: number, second: number) {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
  // `Date.UTC` would roll the 99th month over, and read the years 0 to 99 as 1900 to 1999.
  const valid = year >= 1000 && year <= 9999 && day >= 1 && day <= days && hour <= 23 && minute <= 59 && second <= 59;
  return valid ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

function captureByPattern(key: string, pattern: KeyPattern): Capture {
  const groups = pattern.groupsIn(key);
  if (groups === undefined) return {};
  const { camera, year, month = '1', day = '1', hour = '0', minute = '0', second = '0' } = groups;
  const time = year && utc(fullYear(year), +month, +day, +hour, +minute, +second);
  return { ...(camera && { camera }), ...(typeof time === 'number' && { capturedAt: time }) };
}

/** Two digits mean this century. */
const fullYear = (year: string): number => (year.length === 2 ? 2000 + Number(year) : Number(year));

// Keys made up by their number, in listing order, for stores of any size: nothing is kept in memory.
import { compareKeys } from '../../lib/compare/key.ts';

export interface Shape {
  readonly count: number;
  /** The i-th key in listing order, from 0. */
  keyAt(i: number): string;
}

type Make = (count: number) => Shape;

const MINUTE = 60_000;
const DAY = 86_400_000;
const DAYS = 365;
const two = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));
const days = new Map<number, string>();
const dayOf = (ms: number): string => {
  const number = Math.floor(ms / DAY);
  const day = days.get(number) ?? new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
  days.set(number, day);
  return day;
};
const stamp = (ms: number): string => {
  const seconds = Math.floor((ms % DAY) / 1_000);
  return `${dayOf(ms)}${two[Math.floor(seconds / 3_600)]}${two[Math.floor(seconds / 60) % 60]}${two[seconds % 60]}`;
};

/** One picture a minute. */
const timeStamps: Make = (count) => ({
  count,
  keyAt: (i) => `${stamp(Date.UTC(2024, 0, 1) + i * MINUTE)}.jpg`,
});

const counters: Make = (count) => ({ count, keyAt: (i) => `DSC${String(i + 20_000).padStart(8, '0')}.JPG` });

/** Even steps through all names of so many letters, each anywhere within its step: what sorted hashes look like. */
const spread =
  (alphabet: readonly string[], length: number, ending: string): Make =>
  (count) => {
    const sorted = alphabet.toSorted(compareKeys);
    const size = sorted.length;
    return {
      count,
      keyAt: (i) => {
        let rest = (i + 0.9 * noise(i)) / count;
        let key = '';
        for (let at = 0; at < length; at++) {
          // A double has no more digits than this: the rest is noise of its own.
          rest = at === 8 ? noise(i * 31 + at) : rest;
          rest *= size;
          const digit = Math.min(size - 1, Math.floor(rest));
          key += sorted[digit];
          rest -= digit;
        }
        return key + ending;
      },
    };
  };

const hashes = spread([...'0123456789abcdef'], 32, '.jpg');
const emoji = spread([...'😀😎🌅🌄📷📸🏔🌲🌳🌊☀☁❄🌧🐶🐱🦊🐻🚗🚀'], 6, '.png');

/** Two words of different lengths and a number: `камера-осень-004711.jpg`. */
const WORDS =
  'камера снимок утро вечер сад дом улица поле лес река гора мост окно двор зима лето осень весна туман дождь снег ветер солнце луна звезда облако птица кот собака лошадь';
const cyrillic: Make = (count) => {
  const words = WORDS.split(' ').sort((a, b) => compareKeys(`${a}-`, `${b}-`));
  const pairs = words.length ** 2;
  return {
    count,
    keyAt: (i) => {
      const at = (i * pairs) / count;
      const pair = Math.floor(at);
      const first = Math.ceil((pair * count) / pairs);
      const number = Math.floor(((i - first + 0.9 * noise(i)) * 1e6 * pairs) / (count + pairs));
      return `${words[Math.floor(pair / words.length)]}-${words[pair % words.length]}-${String(number).padStart(6, '0')}.jpg`;
    },
  };
};

/** A year of day folders: one of them holds 98 of 100 pictures. */
const oneFullDay: Make = (count) => {
  const fullDay = 200;
  const perDay = Math.max(1, Math.floor((count * 0.02) / (DAYS - 1)));
  const full = count - perDay * (DAYS - 1);
  const keyIn = (day: number, i: number, of: number): string => {
    const folder = dayOf(Date.UTC(2025, 0, 1) + day * DAY);
    return `cam/${folder}/${folder}${String(Math.floor(i * (DAY / of))).padStart(8, '0')}.jpg`;
  };
  return {
    count,
    keyAt: (i) => {
      const before = fullDay * perDay;
      if (i < before) return keyIn(Math.floor(i / perDay), i % perDay, perDay);
      if (i < before + full) return keyIn(fullDay, i - before, full);
      const behind = i - before - full;
      return keyIn(fullDay + 1 + Math.floor(behind / perDay), behind % perDay, perDay);
    },
  };
};

/** The same 0..1 for the same number, whatever was asked before. */
const noise = (i: number): number => {
  let mixed = Math.imul((i + 1) ^ ((i + 1) >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};

/** All but every so manyth. */
const lacking =
  (every: number, make: Make): Make =>
  (count) => {
    const whole = make(count);
    const left = count - Math.floor(count / every);
    return { count: left, keyAt: (i) => whole.keyAt(i + Math.floor(i / (every - 1))) };
  };

const nothing: Make = () => ({ count: 0, keyAt: () => '' });

export const SHAPES = { timeStamps, counters, hashes, cyrillic, emoji, oneFullDay, nothing } satisfies Record<
  string,
  Make
>;
export type ShapeName = keyof typeof SHAPES;

/** `every`: so manyth key is lacking; 0: none. */
export const shapeOf = (name: ShapeName, count: number, every = 0): Shape =>
  (every === 0 ? SHAPES[name] : lacking(every, SHAPES[name]))(count);

/** How many keys do not come after this one. */
export const countUpTo = (shape: Shape, key: string): number => {
  let from = 0;
  let to = shape.count;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compareKeys(shape.keyAt(middle), key) > 0) to = middle;
    else from = middle + 1;
  }
  return from;
};

// Where the pictures of a migration lie, made up by number: cameras with day folders, below clients or not, or one flat prefix.
import { compareKeys } from '../../lib/compare/key.ts';
import { type Shape, shapeOf } from '../synthetic/shapes.ts';

export interface Layout extends Shape {
  /** Below a prefix, ascending, each ending in `/`. */
  prefixesBelow(prefix: string): readonly string[];
  /** Capture time of the i-th picture, ms. */
  capturedAt(i: number): number;
  /** Every so manyth part of `[from, to)`: spelled and spread as all of it is. */
  thinned(every: number, from: number, to: number): Layout;
}

/** As many as a camera of the first system had, over one year. */
export const PICTURES_A_CAMERA = 58_300;
const DAYS = 365;
const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(2025, 0, 1);
const PAUSE_MS = 540_000;

const dayNames = Array.from({ length: DAYS }, (_, day) =>
  new Date(FIRST_DAY + day * DAY).toISOString().slice(0, 10).replaceAll('-', ''),
);
/** Which day a camera's picture is from, and the how manyth of that day. */
const placeOf = (picture: number): readonly [day: number, ofDay: number] => {
  const day = Math.floor(((picture + 1) * DAYS - 1) / PICTURES_A_CAMERA);
  return [day, picture - Math.floor((day * PICTURES_A_CAMERA) / DAYS)];
};
const timeOf = (picture: number): number => {
  const [day, ofDay] = placeOf(picture);
  return FIRST_DAY + day * DAY + ofDay * PAUSE_MS;
};

/** `names`: a camera's folder, ascending, each ending in `/`: `cam/pictures/20250101/20250101000000.jpg`. */
const camerasIn = (names: readonly string[]): Layout => ({
  count: names.length * PICTURES_A_CAMERA,
  keyAt: (i) => {
    const picture = i % PICTURES_A_CAMERA;
    const day = dayNames[placeOf(picture)[0]]!;
    const time = new Date(timeOf(picture)).toISOString().slice(11, 19).replaceAll(':', '');
    return `${names[Math.floor(i / PICTURES_A_CAMERA)]}pictures/${day}/${day}${time}.jpg`;
  },
  prefixesBelow: (prefix) => {
    const camera = names.find((name) => prefix.startsWith(name));
    if (camera === undefined) {
      const next = names.filter((name) => name.startsWith(prefix)).map((name) => name.indexOf('/', prefix.length) + 1);
      const within = names.filter((name) => name.startsWith(prefix));
      return [...new Set(within.map((name, i) => name.slice(0, next[i])))];
    }
    if (prefix === camera) return [`${camera}pictures/`];
    return prefix === `${camera}pictures/` ? dayNames.map((day) => `${prefix}${day}/`) : [];
  },
  capturedAt: (i) => timeOf(i % PICTURES_A_CAMERA),
  thinned: (every, from, to) => {
    const first = Math.floor(from / PICTURES_A_CAMERA);
    const cameras = names.slice(first, Math.ceil(to / PICTURES_A_CAMERA));
    return camerasIn(cameras.filter((_, i) => i % every === 0));
  },
});

const numbered = (name: string, count: number, digits: number): string[] =>
  Array.from({ length: count }, (_, i) => `${name}${String(i).padStart(digits, '0')}/`);

const camerasFor = (pictures: number): number => Math.max(1, Math.round(pictures / PICTURES_A_CAMERA));

/** All cameras side by side. */
export const cameras = (pictures: number): Layout => camerasIn(numbered('cam', camerasFor(pictures), 6));

/** A folder for each client, 40 cameras in it. */
export const clients = (pictures: number): Layout => {
  const count = camerasFor(pictures);
  const all = numbered('client', Math.ceil(count / 40), 4).flatMap((client) =>
    numbered('cam', 40, 2).map((camera) => `${client}${camera}`),
  );
  return camerasIn(all.slice(0, count).sort(compareKeys));
};

/** 32 hex digits, no folder at all. */
export const flat = (pictures: number): Layout => ({
  ...shapeOf('hashes', pictures),
  prefixesBelow: () => [],
  capturedAt: (i) => FIRST_DAY + ((i * 7_919) % (DAYS * 24)) * 3_600_000,
  thinned: (every, from, to) => flat(Math.ceil((to - from) / every)),
});

export const LAYOUTS = { cameras, clients, flat } as const;
export type LayoutName = keyof typeof LAYOUTS;

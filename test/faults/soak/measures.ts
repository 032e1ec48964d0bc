// The series of a soak: what was measured when, whether it is flat, and how it is shown.
import type { Measured } from './host.ts';

export interface Sample extends Measured {
  /** Since the beginning. */
  readonly seconds: number;
  /** Nothing was asked of it for a moment: what leaks shows then, and nothing else does. */
  readonly atRest: boolean;
  readonly migrations: number;
  readonly pictures: number;
  /** The state folder, records and reports of all migrations included. */
  readonly stateBytes: number;
  readonly temporaries: number;
  readonly openUploads: number;
}

export interface Line {
  /** A second. */
  readonly slope: number;
  readonly mean: number;
}

/** Least squares. */
export const lineThrough = (points: readonly (readonly [x: number, y: number])[]): Line => {
  const meanOf = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [meanOf(0), meanOf(1)];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const together = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return { slope: spread === 0 ? 0 : together / spread, mean: y };
};

/** Of the second half, the lowest value of each rest: a schedule may have fired in it. */
const WINDOW_SECONDS = 10;

export const lowest = (samples: readonly Sample[], of: (sample: Sample) => number): [number, number][] => {
  const last = samples.at(-1)?.seconds ?? 0;
  const windows = new Map<number, [number, number]>();
  for (const sample of samples.filter(({ seconds, atRest }) => atRest && seconds >= last / 2)) {
    const window = Math.floor(sample.seconds / WINDOW_SECONDS);
    const found = windows.get(window);
    if (found === undefined || of(sample) < found[1]) windows.set(window, [sample.seconds, of(sample)]);
  }
  return [...windows.values()];
};

export interface Flatness {
  readonly what: string;
  readonly grewBy: number;
  readonly atMost: number;
  readonly isFlat: boolean;
  readonly sentence: string;
}

/** Heap: 5 % of its mean over the second half. A short run still compiles and fills caches: 2 MB at least. */
const HEAP_SHARE = 0.05;
const HEAP_LEAST_BYTES = 2_000_000;
/** File descriptors, sockets, timers: one more than at the half is chance, two are not. */
const HANDLES_AT_MOST = 2;

export const flatnessOf = (samples: readonly Sample[]): Flatness[] => [
  judged(
    'heap',
    samples,
    ({ heapBytes }) => heapBytes,
    (mean) => Math.max(mean * HEAP_SHARE, HEAP_LEAST_BYTES),
    megabytes,
  ),
  judged(
    'memory outside the heap',
    samples,
    ({ externalBytes }) => externalBytes,
    (mean) => Math.max(mean * HEAP_SHARE, HEAP_LEAST_BYTES),
    megabytes,
  ),
  judged(
    'open files and sockets',
    samples,
    ({ files }) => files,
    () => HANDLES_AT_MOST,
    plain,
  ),
  judged(
    'timers and whatever else is under way',
    samples,
    ({ resources }) => resources,
    () => HANDLES_AT_MOST,
    plain,
  ),
];

const judged = (
  what: string,
  samples: readonly Sample[],
  of: (sample: Sample) => number,
  mostOf: (mean: number) => number,
  shown: (value: number) => string,
): Flatness => {
  const points = lowest(samples, of);
  const { slope, mean } = lineThrough(points);
  const lasted = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0);
  const [grewBy, atMost] = [slope * lasted, mostOf(mean)];
  const isFlat = points.length >= 3 && grewBy < atMost;
  const told = `${shown(grewBy)} in ${Math.round(lasted)} s around a mean of ${shown(mean)} (bound: below ${shown(atMost)})`;
  const sentence =
    points.length < 3
      ? `${what} was measured too rarely to tell: let it run for a minute at least`
      : `${what} ${isFlat ? 'is flat' : 'GROWS'}: ${told}`;
  return { what, grewBy, atMost, isFlat, sentence };
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const plain = (value: number): string => value.toFixed(1);

const COLUMNS: readonly (readonly [title: string, text: (sample: Sample) => string])[] = [
  ['s', ({ seconds }) => String(Math.round(seconds))],
  ['migrations', ({ migrations }) => String(migrations)],
  ['pictures', ({ pictures }) => String(pictures)],
  ['RSS MB', ({ rssBytes }) => (rssBytes / 1e6).toFixed(1)],
  ['heap MB', ({ heapBytes }) => (heapBytes / 1e6).toFixed(2)],
  ['young MB', ({ youngBytes }) => (youngBytes / 1e6).toFixed(1)],
  ['external MB', ({ externalBytes }) => (externalBytes / 1e6).toFixed(2)],
  ['files', ({ files }) => String(files)],
  ['sockets', ({ sockets }) => String(sockets)],
  ['timers', ({ timers }) => String(timers)],
  ['resources', ({ resources }) => String(resources)],
  ['state MB', ({ stateBytes }) => (stateBytes / 1e6).toFixed(2)],
  ['temporaries', ({ temporaries }) => String(temporaries)],
  ['open uploads', ({ openUploads }) => String(openUploads)],
  ['disk full', ({ refusals }) => String(refusals)],
];

export const titles = (): string => COLUMNS.map(([title]) => title.padStart(10)).join(' ');
export const row = (sample: Sample): string =>
  COLUMNS.map(([title, text]) => text(sample).padStart(Math.max(10, title.length))).join(' ');

export const csv = (samples: readonly Sample[]): string =>
  [COLUMNS.map(([title]) => title), ...samples.map((one) => COLUMNS.map(([, text]) => text(one)))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');

/** At most so many rows, evenly spread, the last one among them. */
export const markdown = (samples: readonly Sample[], most = 30): string => {
  const every = Math.max(1, Math.ceil(samples.length / most));
  const shown = samples.filter((_, i) => (samples.length - 1 - i) % every === 0);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [
    line(COLUMNS.map(([title]) => title)),
    line(COLUMNS.map(() => '---:')),
    ...shown.map((one) => line(COLUMNS.map(([, text]) => text(one)))),
  ].join('');
};

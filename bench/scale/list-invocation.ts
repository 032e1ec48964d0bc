// One List invocation, page by page on simulated time: the real Splitter and the real Segments, keys made up where a page begins or is sampled.
import type { ListedRange } from '../../lib/compare/splitter.ts';
import { Splitter } from '../../lib/compare/splitter.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import { SHARDS_IN_COMMIT, SHARDS_IN_MEMORY } from '../../lib/workflow/list-run.ts';
import { type Found, Segment } from '../../lib/workflow/segments.ts';
import type { ToDo } from '../../lib/workflow/task-document.ts';
import { countUpTo } from '../synthetic/shapes.ts';
import { INVOKE_MS, KEY_CPU_MS, LAMBDA_MS, LINE_CPU_MS, LIST_PAGE_MS, PICTURE_BYTES } from './assumptions.ts';
import type { Layout } from './layouts.ts';

const PAGE = 1_000;

/** A segment and where it is among the layout's keys. */
export interface Piece {
  readonly segment: Segment;
  at: number;
  end: number;
  /** The first key since the last commit. */
  from: number;
  /** When its next page is there, ms. */
  readyAt: number;
}

export interface Listing {
  readonly layout: Layout;
  readonly limits: Limits;
  /** Every second picture is missing on the destination; false: none. */
  readonly halfMissing: boolean;
  /** Of its task. */
  readonly ranges: number;
  /** Cuts all pieces where they are, and tells how long writing that takes, ms. */
  commit(pieces: readonly Piece[], ended: boolean, sofar: Readonly<Counted>): number;
}

export interface Counted {
  ms: number;
  /** Requests: of the source and of the destination. */
  sourcePages: number;
  destinationPages: number;
  keys: number;
}

const LINE: Found = { key: '', size: PICTURE_BYTES, capturedAt: 0, finding: 'missingOnDestination', tooYoung: false };

/** Until everything is listed, or its time is nearly over. */
export const listOnce = (toDo: readonly ToDo[], listing: Listing): Counted => {
  const { layout, limits, halfMissing, ranges } = listing;
  const handsOnAt = LAMBDA_MS - limits.handOnMs;
  const splitter = new Splitter(ranges);
  const counted: Counted = { ms: 0, sourcePages: 0, destinationPages: 0, keys: 0 };
  const waiting = toDo.map((one) => pieceOf(new Segment(one), layout));
  const open: Piece[] = [];
  // What no commit has closed yet, done or not.
  let pieces = [...waiting];
  let cpuFreeAt = INVOKE_MS;
  let lastCommitAt = INVOKE_MS;
  let committedAt = 0;
  let lines = 0;

  const begin = (now: number): void => {
    while (open.length < limits.listStreams && waiting.length > 0) {
      const piece = waiting.shift()!;
      piece.readyAt = now + LIST_PAGE_MS;
      open.push(piece);
    }
  };
  const cut = (now: number): void => {
    while (open.length < limits.listStreams) {
      const candidates = open
        .filter(({ segment, at, end }) => segment.mayBeCut && at < end)
        .map(({ segment }) => segment);
      const found = splitter.cut(candidates);
      if (!found) return;
      const lower = open.find(({ segment }) => segment === found.piece)!;
      const upper = pieceOf(found.piece.cutOff(found.cutOff), layout, lower.end);
      lower.end = Math.max(lower.at, upper.at);
      upper.readyAt = now + LIST_PAGE_MS;
      open.push(upper);
      pieces.push(upper);
    }
  };
  const commit = (now: number, ended: boolean): void => {
    const began = Math.max(now, committedAt);
    committedAt = began + listing.commit(pieces, ended, counted);
    pieces = pieces.filter(({ segment }) => !segment.done);
    lastCommitAt = now;
    lines = 0;
  };

  begin(INVOKE_MS);
  let now = INVOKE_MS;
  while (open.length > 0 && now < handsOnAt) {
    const piece = open.reduce((first, one) => (one.readyAt < first.readyAt ? one : first));
    const began = Math.max(piece.readyAt, cpuFreeAt);
    const { listed } = piece.segment;
    // A page goes on behind the range's end; what lies there is parsed and left.
    const onPage = Math.min(PAGE, layout.count - piece.at);
    const count = Math.min(onPage, piece.end - piece.at);
    const there = destinationKeys(piece, onPage, halfMissing, counted, splitter);
    counted.sourcePages++;
    counted.keys += count;
    splitter.count(listed, count);
    const missing = halfMissing ? oddOnesIn(piece.at, count) : 0;
    now = began + (onPage + there) * KEY_CPU_MS + missing * LINE_CPU_MS;
    cpuFreeAt = now;
    for (let i = 0; i < missing; i++) piece.segment.take(LINE);
    lines += missing;
    // Asked for as this one is taken; its range waits for it, even where its end comes down before it.
    const goesOn = piece.at + onPage < piece.end;
    if (count > 0) {
      const { at } = piece;
      listed.reached(layout.keyAt(at), layout.keyAt(at + count - 1), count);
      splitter.learn(listed, count, (i) => layout.keyAt(at + i));
      piece.at += count;
      cut(now);
    }
    if (!goesOn) {
      piece.segment.complete();
      open.splice(open.indexOf(piece), 1);
      begin(now);
    } else piece.readyAt = Math.max(began + LIST_PAGE_MS, now);
    const enough = lines >= SHARDS_IN_COMMIT * limits.shardEntries || now - lastCommitAt >= limits.commitEveryMs;
    if (!enough) continue;
    if (now >= committedAt) commit(now, false);
    // Memory is full: this one waits for the commit under way.
    else if (lines >= SHARDS_IN_MEMORY * limits.shardEntries) piece.readyAt = Math.max(piece.readyAt, committedAt);
  }
  commit(now, true);
  counted.ms = committedAt;
  return counted;
};

const oddOnesIn = (from: number, count: number): number => Math.floor((from + count) / 2) - Math.floor(from / 2);

/** Of the page that goes with a source's page: where half is missing, one of the destination's goes with two. */
const destinationKeys = (
  { at, end, segment }: Piece,
  onPage: number,
  halfMissing: boolean,
  counted: Counted,
  splitter: Splitter,
): number => {
  const perPage = halfMissing ? 2 * PAGE : PAGE;
  const isNew = segment.listed.keys % perPage === 0 || onPage < PAGE;
  if (!isNew) return 0;
  counted.destinationPages++;
  const there = halfMissing ? Math.min(PAGE, onPage - oddOnesIn(at, onPage)) : onPage;
  // What lies behind the range's end is left, as the source's is.
  const within = halfMissing ? end - at - oddOnesIn(at, end - at) : end - at;
  splitter.count(segment.listed, Math.min(PAGE, within));
  return halfMissing ? Math.min(PAGE, 2 * there) : there;
};

const pieceOf = (segment: Segment, layout: Layout, end = endOf(segment.listed, layout)): Piece => {
  segment.listedAt = 1_793_491_200_000;
  const at = countUpTo(layout, segment.listed.position);
  return { segment, at, end: Math.max(at, end), from: at, readyAt: 0 };
};

const endOf = ({ upTo }: ListedRange, layout: Layout): number =>
  upTo === null ? layout.count : countUpTo(layout, upTo);

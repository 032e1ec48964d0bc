// One List invocation's shared state: statistics since the last commit, when to commit, when to hand on.

import type { Side } from '../compare/entry.ts';
import { type Finding, type Joined, keyOf } from '../compare/findings.ts';
import type { KeyPattern } from '../compare/key-pattern.ts';
import { Splitter } from '../compare/splitter.ts';
import {
  addStatistics,
  disagreement,
  fromCompact,
  newStatistics,
  type Statistics,
  toCompact,
} from '../compare/statistics.ts';
import { NoProgress, Stopping, SumsDisagree } from './errors.ts';
import { addExamples, type CommitLog, goesOn } from './invocation.ts';
import { writeJson } from './lines.ts';
import { addPages, noPages } from './pages.ts';
import { shardListPath } from './paths.ts';
import type { ShardRef } from './payloads.ts';
import { addFigures } from './range-figures.ts';
import { type ResolvedStretch, type Resolver, resolveStretch } from './resolve-stretch.ts';
import type { Segment } from './segments.ts';
import type { StepContext } from './steps/context.ts';
import type { TaskDocument } from './task-document.ts';
import { writeShards } from './write-shards.ts';

/** Lines that are worth a commit, and lines kept in memory at most, in shards. */
export const SHARDS_IN_COMMIT = 6;
export const SHARDS_IN_MEMORY = 10;
/** Pairs whose content must be read: hashing them takes long, so they are settled in small lots. */
const UNCOMPARED_IN_MEMORY = 500;
/**
 * Shards that a document keeps before it writes a list of them, about 300 bytes each. Every commit writes all of it, and what all
 * tasks of a migration write is one partition's in DynamoDB: with 400 of them a billion pictures would ask for four times its 1,000 units a second.
 * A path in it takes 70 bytes: the more lists there are, the longer they get, and half a million shards stay below 300 KB.
 */
export const shardsInDocument = (lists: number): number => Math.max(60, Math.floor(lists / 4));
const EXAMPLES_KEPT = 5;

export interface ListRunParts {
  readonly log: CommitLog<TaskDocument>;
  readonly context: StepContext;
  readonly resolver: Resolver;
  readonly migrationId: string;
  readonly round: number;
  readonly task: number;
}

export class ListRun {
  statistics: Statistics = newStatistics();
  /** The first thing that broke: the other ranges stop at their next page. */
  failure: { readonly error: unknown } | undefined;
  private examples: Record<string, string[]> = {};
  /** Since the last commit. */
  private pages: Record<Side, number> = noPages();
  readonly splitter: Splitter;
  private segments: Segment[] = [];
  private committing: Promise<void> | undefined;
  private lastCommitAt: number;
  private committed = false;
  private readonly parts: ListRunParts;

  constructor(parts: ListRunParts) {
    this.parts = parts;
    this.splitter = new Splitter(parts.log.document.ranges.length);
    this.lastCommitAt = parts.context.now();
  }

  begin(segment: Segment): void {
    this.segments.push(segment);
  }

  /** The upper part of whichever range promises most, to be begun by whoever has a place for it. */
  cut(): Segment | undefined {
    const cut = this.splitter.cut(this.segments.filter(({ mayBeCut }) => mayBeCut));
    return cut?.piece.cutOff(cut.cutOff);
  }

  /** Ranges that are not read to their end. */
  get open(): number {
    return this.segments.filter(({ done }) => !done).length;
  }

  /** Every range was read to its end, and committed. */
  get isDone(): boolean {
    return this.segments.length === 0;
  }

  /** The invocation's time is nearly over: stop reading, commit, let the next one go on. */
  get handsOn(): boolean {
    const { deadline, limits, now } = this.parts.context;
    return now() >= deadline - limits.handOnMs;
  }

  get keyPattern(): KeyPattern | undefined {
    return this.parts.resolver.keyPattern;
  }

  fail(error: unknown): void {
    this.failure ??= { error };
  }

  /** A page that takes minutes, or content that is read for as long, must not keep whoever cancels waiting: they are told. */
  watch(): { end(): void } {
    const { context, migrationId } = this.parts;
    const timer = setInterval(() => {
      goesOn(context, migrationId).catch((error: unknown) => {
        // Records that cannot be read now are the next commit's business.
        if (error instanceof Stopping) this.fail(error);
      });
    }, context.limits.commitEveryMs);
    return { end: () => clearInterval(timer) };
  }

  countPage(side: Side): void {
    this.pages[side]++;
  }

  remember(finding: Finding, joined: Joined): void {
    keepExample(this.examples, finding, joined);
  }

  /** Commits when there is enough for it or progress is due; readers go on meanwhile, and wait where memory is full. */
  async makeRoom(): Promise<void> {
    const { context } = this.parts;
    const buffered = this.buffered((s) => s.buffered);
    const uncompared = this.buffered((s) => s.uncomparedCount);
    const enough = buffered >= SHARDS_IN_COMMIT * context.limits.shardEntries || uncompared >= UNCOMPARED_IN_MEMORY;
    const due = context.now() - this.lastCommitAt >= context.limits.commitEveryMs;
    if (!enough && !due) return;
    // What breaks it is kept as the failure, which stops the readers.
    const commit = this.commit({ ending: false }).catch(() => {});
    const isFull = buffered >= SHARDS_IN_MEMORY * context.limits.shardEntries || uncompared >= 2 * UNCOMPARED_IN_MEMORY;
    if (isFull) await commit;
  }

  private buffered(amount: (segment: Segment) => number): number {
    return this.segments.reduce((sum, segment) => sum + amount(segment), 0);
  }

  /**
   * One at a time: whoever comes while one runs waits for it, and the last commit always runs. None after a failure:
   * what a broken one had cut off is lost here, and a later one would commit past it.
   */
  async commit({ ending }: { ending: boolean }): Promise<void> {
    if (this.committing) {
      await this.committing;
      if (!ending) return;
    }
    if (this.failure) throw this.failure.error;
    try {
      this.committing = this.write(ending);
      await this.committing;
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.committing = undefined;
    }
  }

  private async write(ending: boolean): Promise<void> {
    const { log, context, resolver, migrationId, round, task } = this.parts;
    // Everything is cut at the same instant, before the first await: figures and lists tell of the same keys.
    const stretches = this.segments.map((segment) => segment.cut());
    const statistics = this.statistics;
    const { examples, pages } = this;
    const remaining = this.segments.flatMap((segment) => segment.toDo ?? []);
    const listings = this.segments.map(({ listedAt }) => listedAt).filter((at) => at > 0);
    this.segments = this.segments.filter(({ done }) => !done);
    this.statistics = newStatistics();
    this.examples = {};
    this.pages = noPages();
    this.lastCommitAt = context.now();

    const resolved: ResolvedStretch[] = [];
    let looks = 0;
    for (const stretch of stretches) {
      const judged = await resolveStretch(stretch, statistics, resolver, this);
      for (const { finding, both } of judged.byContent) keepExample(examples, finding, both);
      looks += judged.looks;
      resolved.push(judged);
    }
    const wrong = disagreement(statistics);
    if (wrong) throw new SumsDisagree(`Task ${task} of round ${round}: ${wrong}`);
    await goesOn(context, migrationId);

    const before = log.document;
    const place = { migrationId, round, task, sequence: before.commit };
    const written = await writeShards(resolved, place, context);
    const done = remaining.length === 0;
    if (ending && !done && !this.committed && sameToDo(before, remaining)) {
      throw new NoProgress(`Task ${task} of round ${round} advanced nothing before its time was over.`);
    }
    await log.commit({
      ...(await this.shardFields(before, written.shards)),
      remaining,
      done,
      openUntil: ending ? log.whenOver : before.openUntil,
      statistics: toCompact(addStatistics(fromCompact(before.statistics), statistics)),
      ranges: addFigures(before.ranges, resolved),
      left: [...before.left, ...written.left],
      listedAt: earliest([...listings, before.listedAt]),
      examples: addExamples(before.examples, examples),
      pages: addPages(before.pages, pages),
      looks: (before.looks ?? 0) + looks,
    });
    this.committed = true;
  }

  private async shardFields(before: TaskDocument, added: readonly ShardRef[]) {
    const shards = [...before.shards, ...added];
    if (shards.length <= shardsInDocument(before.shardLists.length)) return { shards };
    const { migrationId, round, task, context } = this.parts;
    const path = shardListPath(migrationId, round, task, context.attempt, before.commit);
    await writeJson(context.files, path, shards);
    return { shards: [], shardLists: [...before.shardLists, path] };
  }
}

const keepExample = (examples: Record<string, string[]>, finding: Finding, joined: Joined): void => {
  examples[finding] ??= [];
  const kept = examples[finding];
  if (kept.length < EXAMPLES_KEPT) kept.push(keyOf(joined));
};

/** By the source's clock alone: this machine's may be years away from it. 0: none began yet. */
const earliest = (times: readonly number[]): number => {
  const begun = times.filter((at) => at > 0);
  return begun.length > 0 ? Math.min(...begun) : 0;
};

const sameToDo = (before: TaskDocument, remaining: TaskDocument['remaining']): boolean =>
  JSON.stringify(before.remaining) === JSON.stringify(remaining);

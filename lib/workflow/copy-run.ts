// One Copy invocation: workers take entries in copying order, outcomes are committed up to the first one still open.
import { minus } from '../compare/entry.ts';
import { sumOfOutcomes } from '../compare/outcomes.ts';
import type { CopyRoute, OpenUpload, UploadLog } from '../stores/copy.ts';
import { StoreRefused } from '../stores/errors.ts';
import { actionOf, type CopyEntry } from './copying-order.ts';
import { NoProgress, Stopping } from './errors.ts';
import { addExamples, type CommitLog, goesOn } from './invocation.ts';
import type { ItemDocument, Uploads } from './item-document.ts';
import { writeJson } from './lines.ts';
import { type Listed, withFiles, writeOutcomeFiles } from './outcome-files.ts';
import { uploadsPath } from './paths.ts';
import type { Spending } from './spending.ts';
import type { StepContext } from './steps/context.ts';
import { type Ended, tallied } from './tally.ts';

export interface CopyRunParts {
  readonly log: CommitLog<ItemDocument>;
  readonly context: StepContext;
  readonly route: CopyRoute;
  /** The user asked for replacing only what is older on the destination. */
  readonly onlyIfNewer: boolean;
  /** All entries of the item, in copying order. */
  readonly entries: readonly CopyEntry[];
  readonly uploads: Uploads;
  /** Absent: no limit. */
  readonly spending?: Spending;
  readonly migrationId: string;
  readonly round: number;
  readonly item: number;
}

const GIVEN_UP = { outcome: 'notTried' } as const;
const TOOK_TOO_LONG = {
  outcome: 'failed',
  reason: 'tookTooLong',
  detail: 'streaming it takes longer than one invocation may run',
} as const;

export class CopyRun {
  /** The migration was asked to stop: what was copied is committed, nothing more is begun. */
  stopped = false;
  private readonly parts: CopyRunParts;
  private first = 0;
  private atOnce = 1;
  /** Streams that would not have ended in time. */
  private gaveUp = false;
  /** By position; holes are still open. */
  private readonly ended: (Ended | undefined)[] = [];
  private readonly open = new Map<number, OpenUpload>();
  private readonly handOver = new AbortController();
  private readonly giveUp = new AbortController();
  private next = 0;
  private failure: { readonly error: unknown } | undefined;
  /** The commit under way, and the one that waits for it. */
  private committing: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;
  /** Uploads began or advanced since the last commit. */
  private uploadsChanged = false;

  constructor(parts: CopyRunParts) {
    this.parts = parts;
    for (const [position, upload] of Object.entries(parts.uploads)) this.open.set(Number(position), upload);
  }

  async copyFrom(position: number, atOnce: number): Promise<void> {
    const { context, entries, log } = this.parts;
    this.next = position;
    this.first = position;
    this.atOnce = atOnce;
    const { handOnMs, commitEveryMs } = context.limits;
    const alarms = [this.alarm(handOnMs, this.handOver), this.alarm(handOnMs / 2, this.giveUp)];
    const ticker = setInterval(() => void this.commitInTurn(), commitEveryMs);
    try {
      await Promise.all(Array.from({ length: atOnce }, () => this.workSafely()));
    } finally {
      for (const alarm of alarms) clearTimeout(alarm);
      clearInterval(ticker);
      await (this.queued ?? this.committing);
    }
    if (this.failure) {
      // What was copied until then is there: it counts, unless committing is what failed.
      await this.commit(false, this.failure.error instanceof StoreRefused).catch(() => {});
      throw this.failure.error;
    }
    await this.commit(true);
    const { document } = log;
    const isStuck = document.position === position && this.open.size === 0 && !this.gaveUp;
    if (!document.done && !this.stopped && isStuck) {
      throw new NoProgress(
        `Item ${this.parts.item} copied nothing before its time was over (${entries.length} entries).`,
      );
    }
  }

  /** What breaks one worker ends the others after their picture: nothing may go on copying once the step has ended. */
  private async workSafely(): Promise<void> {
    await this.work().catch((error: unknown) => {
      this.failure ??= { error };
    });
  }

  private async work(): Promise<void> {
    const { context, route, entries } = this.parts;
    const handOver = this.handOver.signal;
    const giveUp = this.giveUp.signal;
    while (this.next < entries.length && !this.stopped && !this.failure && !handOver.aborted) {
      const position = this.next;
      const entry = entries[position]!;
      const { key, size, listedAt } = entry;
      const upload = this.open.get(position);
      // What goes on was paid for when it began.
      if (!upload && this.parts.spending?.takes(size) === false) return;
      this.next++;
      const outcome = await context.copyPlaces(async () => {
        if (this.stopped || handOver.aborted) return undefined;
        return route.copy(
          { key, size },
          {
            action: actionOf(entry),
            onlyIfNewer: this.parts.onlyIfNewer,
            listedAt,
            handOver,
            giveUp,
            uploads: this.uploadsOf(position),
            mayTryAgain: () => this.parts.spending?.takes(size) !== false,
            ...(upload ? { upload } : {}),
          },
        );
      });
      if (!outcome) return upload ? undefined : this.parts.spending?.giveBack(size);
      if (outcome.outcome === 'unfinished') this.open.set(position, outcome.upload);
      else if (outcome.outcome === 'givenUp') {
        this.open.delete(position);
        this.gaveUp ||= !this.stopped;
        // Alone and from the beginning it had all there is: once more would end the same way.
        if (this.gaveUp && this.atOnce === 1 && position === this.first) this.ended[position] = TOOK_TOO_LONG;
      } else {
        this.open.delete(position);
        this.ended[position] = outcome;
      }
    }
  }

  /** Rings so long before this invocation must have returned; never where nothing ends it. */
  private alarm(beforeDeadlineMs: number, rings: AbortController): NodeJS.Timeout | undefined {
    const { deadline, now } = this.parts.context;
    const wait = deadline - beforeDeadlineMs - now();
    return Number.isFinite(wait) ? setTimeout(() => rings.abort(), Math.max(0, wait)) : undefined;
  }

  /** One at a time; whoever asks while one runs shares the next one. Never rejects: what breaks ends the workers. */
  private commitInTurn(): Promise<void> {
    this.queued ??= this.committing.then(() => {
      this.queued = undefined;
      this.committing = (this.failure || this.stopped ? Promise.resolve() : this.commit(false)).catch(
        (error: unknown) => {
          this.failure ??= { error };
          this.uploadsChanged = true;
        },
      );
      return this.committing;
    });
    return this.queued;
  }

  private uploadsOf(position: number): UploadLog {
    const advanced = (upload: OpenUpload): void => {
      this.open.set(position, upload);
      this.uploadsChanged = true;
    };
    return {
      begun: (upload) => {
        advanced(upload);
        return this.commitInTurn();
      },
      advanced,
    };
  }

  /** `refused`: nobody tries this item again, so what ended beyond the picture that broke it counts as well. */
  private async commit(ending: boolean, refused = false): Promise<void> {
    const { log, context, migrationId, entries } = this.parts;
    await goesOn(context, migrationId).catch((error: unknown) => {
      // What is under way ends and is counted, or is given up and tried by a later migration; then this item ends too.
      if (!(error instanceof Stopping)) throw error;
      this.stopped = true;
      this.handOver.abort();
      this.giveUp.abort();
    });
    const before = log.document;
    let position = before.position;
    // Once stopped nothing goes on from here: what ended beyond a picture that was given up counts as well.
    if (refused || (ending && this.stopped)) position = this.next;
    else while (this.ended[position]) position++;
    const { outcomes, reasons, examples, damaged } = tallied(
      before,
      position,
      (at) => this.ended[at],
      entries,
      (failed) => context.log('failed', { migrationId, ...failed }),
    );
    if (position === before.position && !ending && !this.uploadsChanged) return;
    const { spending } = this.parts;
    const isOver = ending && spending?.isUsedUp === true && position === this.next && !this.stopped;
    if (isOver) {
      outcomes.notTried = minus(before.amount, sumOfOutcomes(outcomes));
      reasons.budget = outcomes.notTried.count;
    }
    this.uploadsChanged = false;
    const { round, item } = this.parts;
    const place = { migrationId, round, item, commit: before.commit };
    const files = await writeOutcomeFiles(this.listed(before.position, position), place, context);
    await log.commit({
      position,
      outcomes,
      reasons,
      ...(damaged && { damaged }),
      examples: addExamples(before.examples, examples),
      ...(await withFiles(before, files, place, context)),
      uploadsPath: await this.writeUploads(before.position),
      ...(spending && { chargedUsd: spending.chargedUsd }),
      done: isOver || (position === entries.length && !files.some(({ outcome }) => outcome === 'notTried')),
      openUntil: ending ? log.whenOver : before.openUntil,
      ...(this.gaveUp ? { atOnce: Math.max(1, Math.floor(this.atOnce / 4)) } : {}),
    });
  }

  private listed(from: number, upTo: number): Listed[] {
    const listed: Listed[] = [];
    for (let position = from; position < upTo; position++) {
      const end = this.ended[position] ?? GIVEN_UP;
      const { outcome } = end;
      if (outcome === 'copied' || outcome === 'replaced' || outcome === 'alreadyThere') continue;
      listed.push({ entry: this.parts.entries[position]!, end: { ...end, outcome } });
    }
    return listed;
  }

  private async writeUploads(from: number): Promise<string | null> {
    const { log, context, migrationId, round, item } = this.parts;
    const open = [...this.open].filter(([at]) => at >= from);
    if (open.length === 0) return null;
    const path = uploadsPath(migrationId, round, item, context.attempt, log.document.commit);
    await writeJson(context.files, path, Object.fromEntries(open));
    return path;
  }
}

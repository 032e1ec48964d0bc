// One Copy invocation: workers take entries in copying order, outcomes are committed up to the first one still open.
import { plus } from '../compare/entry.ts';
import { noOutcomes } from '../compare/outcomes.ts';
import type { CopyOutcome, CopyRoute, OpenUpload } from '../stores/copy.ts';
import { actionOf, type CopyEntry } from './copying-order.ts';
import { NoProgress, Stopping } from './errors.ts';
import { addExamples, type CommitLog, goesOn } from './invocation.ts';
import type { ItemDocument, OutcomeFile, Uploads } from './item-document.ts';
import { gzipLines, writeJson } from './lines.ts';
import { failedListPath, failedPath, uploadsPath } from './paths.ts';
import type { StepContext } from './steps/context.ts';

export interface CopyRunParts {
  readonly log: CommitLog<ItemDocument>;
  readonly context: StepContext;
  readonly route: CopyRoute;
  /** The user asked for replacing only what is older on the destination. */
  readonly onlyIfNewer: boolean;
  /** All entries of the item, in copying order. */
  readonly entries: readonly CopyEntry[];
  readonly uploads: Uploads;
  readonly migrationId: string;
  readonly round: number;
  readonly item: number;
}

type Ended = Exclude<CopyOutcome, { outcome: 'unfinished' | 'givenUp' }>;
/** About 250 bytes each in a document of at most 300 KB. */
const FILES_IN_DOCUMENT = 400;

const GIVEN_UP = { outcome: 'notTried' } as const;

interface Listed {
  readonly entry: CopyEntry;
  readonly end: { readonly outcome: OutcomeFile['outcome']; readonly reason?: string; readonly detail?: string };
}

const lineOf = ({ entry: { key, size }, end: { outcome, reason, detail } }: Listed) => ({
  key,
  size,
  reason: reason ?? outcome,
  ...(detail === undefined ? {} : { detail }),
});

export class CopyRun {
  /** The migration was asked to stop: what was copied is committed, nothing more is begun. */
  stopped = false;
  private readonly parts: CopyRunParts;
  /** By position; holes are still open. */
  private readonly ended: (Ended | undefined)[] = [];
  private readonly open = new Map<number, OpenUpload>();
  private readonly handOver = new AbortController();
  private readonly giveUp = new AbortController();
  private next = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(parts: CopyRunParts) {
    this.parts = parts;
    for (const [position, upload] of Object.entries(parts.uploads)) this.open.set(Number(position), upload);
  }

  async copyFrom(position: number, atOnce: number): Promise<void> {
    const { context, entries, log } = this.parts;
    this.next = position;
    const untilHandOver = context.deadline - context.limits.handOnMs - context.now();
    const alarm = Number.isFinite(untilHandOver)
      ? setTimeout(() => this.handOver.abort(), Math.max(0, untilHandOver))
      : undefined;
    const ticker = this.commitRegularly();
    try {
      await Promise.all(Array.from({ length: atOnce }, () => this.workSafely()));
    } finally {
      clearTimeout(alarm);
      await ticker.end();
    }
    if (this.failure) {
      // What was copied until then is there: it counts, unless committing is what failed.
      await this.commit(false).catch(() => {});
      throw this.failure.error;
    }
    await this.commit(true);
    const { document } = log;
    if (!document.done && !this.stopped && document.position === position && this.open.size === 0) {
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
      const position = this.next++;
      const entry = entries[position]!;
      const { key, size, listedAt } = entry;
      const upload = this.open.get(position);
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
            ...(upload ? { upload } : {}),
          },
        );
      });
      if (!outcome || outcome.outcome === 'givenUp') return;
      if (outcome.outcome === 'unfinished') this.open.set(position, outcome.upload);
      else {
        this.open.delete(position);
        this.ended[position] = outcome;
      }
    }
  }

  private commitRegularly(): { end(): Promise<void> } {
    let committing: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      committing = committing
        .then(() => (this.failure || this.stopped ? undefined : this.commit(false)))
        .catch((error: unknown) => {
          this.failure = { error };
        });
    }, this.parts.context.limits.commitEveryMs);
    return {
      end: () => {
        clearInterval(timer);
        return committing;
      },
    };
  }

  private async commit(ending: boolean): Promise<void> {
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
    if (ending && this.stopped) position = this.next;
    else while (this.ended[position]) position++;
    const outcomes = { ...noOutcomes(), ...before.outcomes };
    const reasons: Record<string, number> = { ...before.reasons };
    const examples: Record<string, string[]> = {};
    for (let i = before.position; i < position; i++) {
      const end = this.ended[i];
      const { key, size } = entries[i]!;
      if (!end) continue;
      outcomes[end.outcome] = plus(outcomes[end.outcome], { count: 1, bytes: size });
      if (end.outcome !== 'failed') continue;
      reasons[end.reason] = (reasons[end.reason] ?? 0) + 1;
      examples[end.reason] ??= [];
      if (examples[end.reason]!.length < 5) examples[end.reason]!.push(key);
      context.log('failed', { migrationId, key, reason: end.reason, detail: end.detail });
    }
    if (position === before.position && !ending) return;
    const files = await this.writeLists(before.position, position);
    await log.commit({
      position,
      outcomes,
      reasons,
      examples: addExamples(before.examples, examples),
      ...(await this.fileFields(before, files)),
      uploadsPath: await this.writeUploads(before.position),
      done: position === entries.length && !files.some(({ outcome }) => outcome === 'notTried'),
      openUntil: ending ? log.whenOver : before.openUntil,
    });
  }

  /** A picture that fails every second for a whole day makes as many files as there were commits. */
  private async fileFields(before: ItemDocument, added: readonly OutcomeFile[]) {
    const files = [...before.files, ...added];
    if (files.length <= FILES_IN_DOCUMENT) return { files };
    const { context, migrationId, round, item } = this.parts;
    const path = failedListPath(migrationId, round, item, context.attempt, before.commit);
    await writeJson(context.files, path, files);
    return { files: [], fileLists: [...before.fileLists, path] };
  }

  /** A file for each outcome that people want to see by name, apart by finding so that it can be copied from again. */
  private async writeLists(from: number, upTo: number): Promise<OutcomeFile[]> {
    const { log, context, migrationId, round, item, entries } = this.parts;
    const groups = new Map<string, Listed[]>();
    for (let position = from; position < upTo; position++) {
      const end = this.ended[position] ?? GIVEN_UP;
      const entry = entries[position]!;
      const { outcome } = end;
      if (outcome === 'copied' || outcome === 'replaced' || outcome === 'alreadyThere') continue;
      const name = `${outcome}-${entry.finding}`;
      const group = groups.get(name) ?? [];
      group.push({ entry, end: { ...end, outcome } });
      groups.set(name, group);
    }
    const files: OutcomeFile[] = [];
    for (const [name, listed] of groups) {
      const path = failedPath(migrationId, round, item, context.attempt, log.document.commit, name);
      const body = await gzipLines(listed, lineOf);
      await context.files.write(path, body);
      const [first] = listed;
      files.push({
        path,
        outcome: first!.end.outcome,
        finding: first!.entry.finding,
        count: listed.length,
        bytes: listed.reduce((sum, { entry }) => sum + entry.size, 0),
        listedAt: Math.min(...listed.map(({ entry }) => entry.listedAt)),
        gzipBytes: body.length,
      });
    }
    return files;
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

// How an invocation of List or Copy begins, commits and ends: every write expects the commit before it.
import { LockLost, Overtaken, Stopping } from './errors.ts';
import { renewLock } from './lock.ts';
import type { Document } from './ports.ts';
import { type MigrationRecord, migrationPk, readMigration } from './record.ts';
import type { StepContext } from './steps/context.ts';

/** What tasks and items have in common; each kind adds its figures. */
export interface Committed extends Document {
  /** Grows with every write, so that an overtaken invocation's commit is refused. */
  readonly commit: number;
  /** While an invocation runs: when it must be over at the latest, ms. 0: none runs. */
  readonly openUntil: number;
  readonly done: boolean;
  /** What the last invocation broke with: a Map's own error says only that a child failed. */
  readonly broke?: { readonly name: string; readonly message: string } | null;
}

/** The record of a migration that may go on; renews its lock. */
export const beginInvocation = async (context: StepContext, migrationId: string): Promise<MigrationRecord> => {
  const record = await goesOn(context, migrationId);
  await renewLock(context, record.pair, migrationId, record.fencing, context.limits.leaseMs);
  return record;
};

/** Throws `Stopping` once the migration was asked to stop. */
export const goesOn = async (context: StepContext, migrationId: string): Promise<MigrationRecord> => {
  const record = await readMigration(context.records, migrationId);
  if (!record) throw new LockLost(`There is no migration ${migrationId}.`);
  if (record.status !== 'running') throw new Stopping(`Migration ${migrationId} is ${record.status}.`);
  return record;
};

/** A task's or item's document, opened by one invocation at a time. */
export class CommitLog<T extends Committed> {
  private readonly context: StepContext;
  private current: T;
  private openBefore = 0;

  private constructor(context: StepContext, document: T) {
    this.context = context;
    this.current = document;
  }

  /** Marks it open; whoever had it open before is refused from here on. */
  static async open<T extends Committed>(
    context: StepContext,
    migrationId: string,
    sk: string,
    fresh: Omit<T, keyof Committed>,
  ): Promise<CommitLog<T>> {
    const found = await context.records.get<T>(migrationPk(migrationId), sk);
    const begun = { ...fresh, pk: migrationPk(migrationId), sk, commit: 0, openUntil: 0, done: false } as unknown as T;
    const log = new CommitLog(context, found ?? begun);
    if (log.document.done) return log;
    // Whoever had it open before may still be running: until its time is over nobody may take it for ended.
    log.openBefore = log.document.openUntil;
    const mine = Math.min(context.deadline + context.limits.handOnMs, Number.MAX_SAFE_INTEGER);
    const openUntil = Math.max(mine, log.openBefore);
    await log.write({ openUntil, broke: null } as Partial<T>, found ? { commit: found.commit } : 'absent');
    await log.lookAgain(migrationId);
    return log;
  }

  get document(): T {
    return this.current;
  }

  /** What `openUntil` is once this invocation has ended: 0, unless one before it was never seen to end. */
  get whenOver(): number {
    return this.openBefore > this.context.now() ? this.openBefore : 0;
  }

  commit(changes: Partial<T>): Promise<void> {
    return this.write(changes, { commit: this.current.commit });
  }

  /** After an error: says which, and that nothing runs any more. An overtaken invocation has nothing to say. */
  async abandon({ name, message }: Error): Promise<void> {
    await this.commit({ openUntil: this.whenOver, broke: { name, message } } as Partial<T>).catch(() => {});
  }

  /**
   * Settle says `stopping` and then looks for open tasks; here one is opened first, and then the record is looked at.
   * So one of the two sees the other, and nothing is copied after the lock was freed.
   */
  private async lookAgain(migrationId: string): Promise<void> {
    try {
      await goesOn(this.context, migrationId);
    } catch (error) {
      await this.abandon(error as Error);
      throw error;
    }
  }

  private async write(changes: Partial<T>, expect: 'absent' | { commit: number }): Promise<void> {
    const next: T = { ...this.current, ...changes, commit: this.current.commit + 1 };
    if (!(await this.context.records.put(next, expect))) {
      throw new Overtaken(`Another invocation of ${next.sk} committed first.`);
    }
    this.current = next;
  }
}

/** Examples for people: the first few keys of each finding or reason. */
export type Examples = Readonly<Record<string, readonly string[]>>;
const EXAMPLES_KEPT = 5;

export const addExamples = (a: Examples, b: Examples): Examples => {
  const sum: Record<string, readonly string[]> = { ...a };
  for (const [name, keys] of Object.entries(b)) sum[name] = [...(sum[name] ?? []), ...keys].slice(0, EXAMPLES_KEPT);
  return sum;
};

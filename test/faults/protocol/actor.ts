// An actor: one invocation of the real code as a tree of histories, grown only where the search comes along.
import { numberOf } from './interned.ts';
import { type Ended, type Happening, type Pending, type Program, Run } from './run.ts';

export interface Actor {
  /** For traces: `M1 Copy 2`. */
  readonly name: string;
  /** Which migration's pictures it writes. */
  readonly of: number;
  readonly program: Program;
  /** Lambda ends it then; Infinity: nothing does. */
  readonly livesMs: number;
  /** Of an actor in a process: which. */
  readonly process?: number;
}

/** What an actor is, told by all that happened to it. */
export class Moment {
  readonly number: number;
  readonly actor: Actor;
  readonly pending: readonly Pending[];
  readonly ended: Ended | undefined;
  readonly canTick: boolean;
  /** One commit while a picture is under way: a second one would find nothing new. */
  private readonly ticked: boolean;
  readonly canRing: boolean;
  /** When it began, ms. */
  readonly begunAt: number;
  readonly before: { readonly moment: Moment; readonly happened: Happening } | undefined;
  private readonly next = new Map<string, Moment>();

  private constructor(actor: Actor, run: Run, before?: Moment['before']) {
    this.actor = actor;
    this.before = before;
    this.pending = run.pending;
    this.ended = run.ended;
    this.ticked = hasTicked(before);
    this.canTick = run.has('tick') && !this.ticked && isCopying(run.pending);
    this.canRing = run.has('alarm') && isCopying(run.pending);
    this.begunAt = before ? (before.moment.before ? before.moment.begunAt : before.happened.clock) : Number.NaN;
    this.number = moments.push(this) - 1;
    keep(this, run);
  }

  get hasTicked(): boolean {
    return this.ticked;
  }

  static beginningOf(actor: Actor): Moment {
    return new Moment(actor, Run.waitingToBegin(actor.program));
  }

  /** Known already, or undefined: then `grow` it. */
  after(happened: Happening): Moment | undefined {
    const name = nameOf(happened);
    return this.next.get(name) ?? this.next.get(`${name}@${happened.clock}`);
  }

  /** Whether what it does then depends on the time; undefined: not known yet. */
  isTimedAfter(happened: Happening): boolean | undefined {
    const name = nameOf(happened);
    if (this.next.has(name)) return false;
    return this.next.has(`${name}@${happened.clock}`) ? true : undefined;
  }

  async grow(happened: Happening): Promise<Moment> {
    const known = this.after(happened);
    if (known) return known;
    const run = release(this) ?? (await this.replayed());
    await run.happen(happened);
    const grown = new Moment(this.actor, run, { moment: this, happened });
    // The deadline of an invocation is counted from its beginning.
    const timed = run.hasLookedAtClock || this.before === undefined;
    this.next.set(timed ? `${nameOf(happened)}@${happened.clock}` : nameOf(happened), grown);
    return grown;
  }

  private async replayed(): Promise<Run> {
    if (!this.before) return Run.waitingToBegin(this.actor.program);
    const run = await this.before.moment.replayed();
    await run.happen(this.before.happened);
    if (shape(run.pending) !== shape(this.pending)) throw new Error(`${this.actor.name} is not deterministic.`);
    return run;
  }
}

const hasTicked = (before: Moment['before']): boolean => {
  if (!before || before.happened.kind === 'tick') return before !== undefined;
  if (before.happened.kind !== 'answer') return before.moment.hasTicked;
  const { sequence } = before.happened;
  const answered = before.moment.pending.find((one) => one.sequence === sequence);
  return answered?.operation.kind !== 'write' && before.moment.hasTicked;
};

const shape = (pending: readonly Pending[]): string => JSON.stringify(pending);
const nameOf = (what: Happening): string =>
  what.kind === 'answer' ? `${what.sequence}:${what.answer.text}` : what.kind;
/** Timers matter while a picture is under way; between pictures nothing waits. */
const isCopying = (pending: readonly Pending[]): boolean =>
  pending.length === 1 && pending[0]?.operation.kind === 'write';

const moments: Moment[] = [];
export const momentOf = (number: number): Moment => moments[number]!;
export const momentsKnown = (): number => moments.length;

/** Runs that stand still at a moment save running the history once more. */
const KEPT = 3_000;
const standing = new Map<Moment, Run>();

const keep = (moment: Moment, run: Run): void => {
  if (run.ended) return;
  standing.set(moment, run);
  const [oldest] = standing.keys();
  if (standing.size > KEPT && oldest) standing.delete(oldest);
};

const release = (moment: Moment): Run | undefined => {
  const run = standing.get(moment);
  standing.delete(moment);
  return run;
};

/** What an ended actor leaves: nothing but this matters any more. */
export const endingNumber = (ended: Ended): number =>
  numberOf({
    pk: 'ending',
    sk: 'ending',
    ...('error' in ended ? { error: ended.error.name } : { value: ended.value }),
  });

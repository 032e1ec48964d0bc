// The real code, run up to its next operation and no further: every answer it gets is one that it is handed.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Answer, Operation } from './operations.ts';

export interface Pending {
  /** Counted from the actor's beginning: the same in every run of the same history. */
  readonly sequence: number;
  readonly operation: Operation;
}

/** What an actor has of the world. */
export interface Hands {
  ask(operation: Operation): Promise<unknown>;
  /** The clock when the last answer came, ms. */
  now(): number;
}

export type Program = (hands: Hands) => Promise<unknown>;

/** What happens to an actor: an answer comes, or a timer of its own fires. */
export type Happening =
  | { readonly kind: 'answer'; readonly sequence: number; readonly answer: Answer; readonly clock: number }
  | { readonly kind: 'tick' | 'alarm'; readonly clock: number };

export type Ended =
  | { readonly value: unknown }
  | { readonly error: { readonly name: string; readonly message: string } };

const running = new AsyncLocalStorage<Run>();
const real = { setInterval, clearInterval, setTimeout, clearTimeout };

/** Timers that actors set fire when the search says so. Everybody else's are as they were. */
export const takeTimers = (): (() => void) => {
  const taken = (kind: 'tick' | 'alarm', original: (...all: never[]) => unknown) =>
    ((...all: never[]) =>
      running.getStore()?.setTimer(kind, all[0] as unknown as () => void) ?? original(...all)) as never;
  const freed = (original: (timer: never) => void) =>
    ((timer: never) => running.getStore()?.clearTimer(timer) ?? original(timer)) as never;
  globalThis.setInterval = taken('tick', real.setInterval as never);
  globalThis.setTimeout = taken('alarm', real.setTimeout as never);
  globalThis.clearInterval = freed(real.clearInterval as never);
  globalThis.clearTimeout = freed(real.clearTimeout as never);
  return () => void Object.assign(globalThis, real);
};

interface Asked {
  readonly operation: Operation;
  answer(value: unknown): void;
  fail(error: Error): void;
}

const TURNS_AT_MOST = 5_000;

export class Run {
  ended: Ended | undefined;
  /** The code looked at the clock since the last answer: what it does next may depend on the time. */
  hasLookedAtClock = false;
  private readonly waiting = new Map<number, Asked>();
  private readonly timers = new Map<object, { readonly kind: 'tick' | 'alarm'; readonly fire: () => void }>();
  private asked = 0;
  private clock = 0;

  /** The first operation is `begin`: nothing of the program has run yet. */
  static waitingToBegin(program: Program): Run {
    const run = new Run();
    const hands: Hands = {
      ask: (operation) => run.ask(operation),
      now: () => {
        run.hasLookedAtClock = true;
        return run.clock;
      },
    };
    running.run(run, async () => {
      await run.ask({ kind: 'begin' });
      run.ended = await program(hands).then(
        (value) => ({ value }),
        ({ name, message }: Error) => ({ error: { name, message } }),
      );
    });
    return run;
  }

  get pending(): Pending[] {
    return [...this.waiting].map(([sequence, { operation }]) => ({ sequence, operation }));
  }

  has(kind: 'tick' | 'alarm'): boolean {
    return [...this.timers.values()].some((timer) => timer.kind === kind);
  }

  async happen(what: Happening): Promise<void> {
    this.clock = what.clock;
    this.hasLookedAtClock = false;
    if (what.kind === 'answer') {
      const asked = this.waiting.get(what.sequence);
      if (!asked) throw new Error(`Nobody waits for answer ${what.sequence}.`);
      this.waiting.delete(what.sequence);
      if (what.answer.error) asked.fail(what.answer.error);
      else asked.answer(what.answer.value);
    } else {
      for (const [timer, { kind, fire }] of [...this.timers]) {
        if (kind !== what.kind) continue;
        if (kind === 'alarm') this.timers.delete(timer);
        running.run(this, fire);
      }
    }
    await this.quiet();
  }

  setTimer(kind: 'tick' | 'alarm', fire: () => void): object {
    const timer = {};
    this.timers.set(timer, { kind, fire });
    return timer;
  }

  clearTimer(timer: object): true {
    this.timers.delete(timer);
    return true;
  }

  private ask(operation: Operation): Promise<unknown> {
    return new Promise((answer, fail) => {
      this.waiting.set(this.asked++, { operation, answer, fail });
    });
  }

  /** Unpacking a list takes real time; whatever runs beside a waiting operation takes microtasks only. */
  private async quiet(): Promise<void> {
    for (let turns = 0; turns < TURNS_AT_MOST; turns++) {
      await (turns < 100 ? turn() : sleep(1));
      if (this.waiting.size > 0 || this.ended) return;
    }
    throw new Error('An actor neither asks for anything nor ends.');
  }
}

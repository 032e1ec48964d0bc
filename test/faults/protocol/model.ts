// A scenario put together: who takes part, what may go wrong, and what must be true when nobody is left.
import { Moment } from './actor.ts';
import { createExecution, STAGES, STOPPED, type StageName } from './execution.ts';
import type { Luck } from './luck.ts';
import { isDeadIn } from './processes.ts';
import { actorOf, type Cast, IDS, PLAYS, type PlayName } from './programs.ts';
import { type Rules, rulesFor } from './rules.ts';
import { type Search, type Searched, search } from './search.ts';
import type { State } from './state.ts';
import * as at from './state.ts';
import { instantsWritten } from './time.ts';
import { createTransitions, type Extra } from './transitions.ts';

export interface Scenario {
  readonly processes?: number;
  /** What an execution goes through; all of it unless told otherwise. */
  readonly path?: readonly StageName[];
  /** Of these M1 has got behind it when the search begins. */
  readonly behind?: readonly StageName[];
  /** Plays beside the executions; each may begin once, at any moment unless `when` says otherwise. */
  readonly extras: readonly {
    readonly play: PlayName;
    readonly of: number;
    readonly process?: number;
    /** `after`: not before that play of this list has begun. */
    readonly after?: number;
    /** Not while M1 runs and holds the pair: it would only be told so. */
    readonly whenItCan?: boolean;
  }[];
  readonly crashes?: number;
  /** What the dead had asked for may still be done long after. */
  readonly lingers?: boolean;
  readonly overlaps?: number;
  readonly stops?: number;
  readonly timeSteps?: number;
  readonly lostAnswers?: number;
  readonly luck?: readonly Luck[];
  readonly ticks?: boolean;
  readonly alarms?: boolean;
  readonly atMost?: number;
}

const SWEEP_EVERY_MS = 5 * 60_000;

export const explore = async (cast: Cast & { readonly pair: string }, scenario: Scenario): Promise<Searched> => {
  const processes = scenario.processes ?? 0;
  const isEmbedded = processes > 0;
  const inProcess = (process: number): number | undefined => (isEmbedded ? process : undefined);
  const rules = rulesFor(cast.pair, (holder, dead) => isDeadIn(deadOnly(dead), holder));
  const invocations = IDS.slice(0, 2).map((_, m) => stepsOf(cast, m, inProcess(m)));
  const extras: Extra[] = scenario.extras.map(({ play, of, process, after, whenItCan }) => ({
    moment: Moment.beginningOf(actorOf(cast, play, of, play, inProcess(process ?? of))),
    when: (state) => {
      if (after !== undefined && state[at.extraAt(after)] === 0) return false;
      if (whenItCan && isHeld(rules, state)) return false;
      const status = state[at.statusAt(of)]!;
      return play === 'told' ? status === STOPPED || status === STOPPED - 1 : true;
    },
  }));
  const path = scenario.path ?? ['Plan', 'Copy', 'Verify', 'Finish'];
  const execution = createExecution({ settlesItself: isEmbedded, path, lingers: scenario.lingers ?? false });
  const { of, alone } = createTransitions({
    rules,
    execution,
    invocations,
    extras,
    processes,
    ticks: scenario.ticks ?? false,
    alarms: scenario.alarms ?? false,
    luck: scenario.luck ?? [],
  });

  const begunWith = async (): Promise<number[]> => {
    let state: State = at.emptyState(extras.length).with(at.CLOCK, at.START_MS);
    if (!scenario.behind) return [...state];
    const start = Moment.beginningOf(actorOf(cast, 'start', 0, 'start', inProcess(0)));
    for (const moment of [start, ...scenario.behind.map((stage) => invocations[0]![stage]!)]) {
      ({ state } = await alone(state, moment, () => {}));
    }
    const next = path[path.indexOf(scenario.behind.at(-1)!) + 1]!;
    return state.with(at.stageAt(0), STAGES.indexOf(next));
  };

  const first = await begunWith();
  first[at.CRASHES] = scenario.crashes ?? 0;
  first[at.OVERLAPS] = scenario.overlaps ?? 0;
  first[at.STOPS] = scenario.stops ?? 0;
  first[at.TIME_STEPS] = scenario.timeSteps ?? 0;
  first[at.LOST_ANSWERS] = scenario.lostAnswers ?? 0;

  const sweep = Moment.beginningOf(actorOf(cast, isEmbedded ? 'look' : 'sweep', 2, 'the sweep', inProcess(2)));
  const newcomer = Moment.beginningOf(actorOf(cast, 'start', 2, 'a new start', inProcess(2)));
  const looked = new Map<string, string | undefined>();

  const putInOrder = async (state: State, tell: (line: string) => void): Promise<string | undefined> => {
    const wrong = rules.whenOver(state);
    if (wrong) return wrong;
    let now: State = state;
    const lapsed = Math.max(state[at.CLOCK]!, ...instantsWritten(state)) + 1;
    for (const instant of isEmbedded ? [state[at.CLOCK]!] : [lapsed, lapsed + SWEEP_EVERY_MS]) {
      now = now.map((value, i) => (i === at.CLOCK ? instant : value));
      const swept = await alone(now, sweep, tell);
      if (swept.wrong) return swept.wrong;
      now = swept.state;
    }
    return rules.afterSweeping(now) ?? (await startsAgain(now, tell));
  };

  const startsAgain = async (state: State, tell: (line: string) => void): Promise<string | undefined> => {
    const { ended, wrong } = await alone(state, newcomer, tell);
    if (wrong) return wrong;
    const result = ended && 'value' in ended ? (ended.value as { kind: string }) : undefined;
    return result?.kind === 'started' ? undefined : `a new migration cannot start: ${JSON.stringify(ended)}`;
  };

  const whenOver: Search['whenOver'] = async (state, tell) => {
    const remains = `${state[at.LOSSY]},${state[at.DEAD_PROCESSES]},${at.remainsOf(state)}`;
    if (!looked.has(remains)) looked.set(remains, await putInOrder(state, tell));
    return looked.get(remains);
  };

  return search({ first, of, whenOver, isOver, ...(scenario.atMost && { atMost: scenario.atMost }) });
};

const isOver = (state: State): boolean =>
  !at.actorSlots(state).some((slot) => at.isLiving(state[slot]!)) &&
  !IDS.some((_, m) => state[at.statusAt(m)] === 1 || STAGES[state[at.stageAt(m)]!] === 'Over');

const deadOnly = (dead: number): State => {
  const state = at.emptyState(0);
  state[at.DEAD_PROCESSES] = dead;
  return state;
};

const stepsOf = (cast: Cast, m: number, process: number | undefined): Partial<Record<StageName, Moment>> =>
  Object.fromEntries(
    STAGES.flatMap((stage) => {
      const play = stage === 'Over' ? 'over' : stage;
      return play in PLAYS ? [[stage, Moment.beginningOf(actorOf(cast, play as PlayName, m, stage, process))]] : [];
    }),
  );

const isHeld = ({ lockIn, recordIn }: Rules, state: State): boolean => {
  const lock = lockIn(state);
  const isLapsed = lock !== undefined && lock.leaseUntil <= state[at.CLOCK]!;
  return lock?.migrationId === IDS[0] && !isLapsed && recordIn(state, 0)?.status === 'running';
};

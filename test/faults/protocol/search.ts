// Every state that can be reached, the nearest first: so the first one that breaks a rule has the shortest trace.

import { keyOf, type State } from './state.ts';
import type { Transition } from './transitions.ts';

export interface Searched {
  readonly states: number;
  readonly transitions: number;
  /** In which nobody lives: whatever remained was put in order and looked at. */
  readonly ends: number;
  readonly violation?: { readonly wrong: string; readonly trace: readonly string[] };
}

export interface Search {
  readonly first: State;
  of(state: State): Transition[] | Promise<Transition[]>;
  /** Nobody lives: what is wrong with what remains. Told what it does to find out. */
  whenOver(state: State, tell: (line: string) => void): Promise<string | undefined>;
  isOver(state: State): boolean;
  readonly atMost?: number;
}

export const search = async ({ first, of, whenOver, isOver, atMost = 3_000_000 }: Search): Promise<Searched> => {
  const seen = new Map<string, number>([[keyOf(first), 0]]);
  /** Of each state, in the order of finding: where it came from. */
  const from: { readonly parent: number; readonly choice: number }[] = [{ parent: -1, choice: -1 }];
  let layer: { readonly state: State; readonly number: number }[] = [{ state: first, number: 0 }];
  let transitions = 0;
  let ends = 0;

  const traceTo = async (number: number): Promise<string[]> => {
    const choices: number[] = [];
    for (let at = number; at > 0; at = from[at]!.parent) choices.unshift(from[at]!.choice);
    const lines: string[] = [];
    let state = first;
    for (const choice of choices) {
      const { state: next, tell } = (await of(state))[choice]!;
      lines.push(tell());
      state = next;
    }
    return lines;
  };

  while (layer.length > 0) {
    const next: typeof layer = [];
    for (const { state, number } of layer) {
      if (isOver(state)) {
        ends++;
        const lines: string[] = [];
        const wrong = await whenOver(state, (line) => lines.push(line));
        const violation = wrong && { wrong, trace: [...(await traceTo(number)), 'nobody is left', ...lines] };
        if (violation) return { states: seen.size, transitions, ends, violation };
      }
      const own = keyOf(state);
      const looked = of(state);
      const all = Array.isArray(looked) ? looked : await looked;
      for (let choice = 0; choice < all.length; choice++) {
        const found = all[choice]!;
        transitions++;
        if (found.wrong) {
          const violation = { wrong: found.wrong, trace: [...(await traceTo(number)), found.tell()] };
          return { states: seen.size, transitions, ends, violation };
        }
        const key = keyOf(found.state);
        if (key === own) throw new Error(`Nothing has changed: ${found.tell()}`);
        if (seen.has(key)) continue;
        seen.set(key, from.length);
        next.push({ state: found.state, number: from.length });
        from.push({ parent: number, choice });
        if (from.length > atMost) throw new Error(`More than ${atMost} states.`);
      }
    }
    layer = next;
  }
  return { states: seen.size, transitions, ends };
};

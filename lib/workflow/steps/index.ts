// The steps by the names the definition gives them.
import type { Step } from '../payloads.ts';
import type { RunStep } from './context.ts';
import { copy } from './copy.ts';
import { fail } from './fail.ts';
import { finish } from './finish.ts';
import { list } from './list.ts';
import { plan } from './plan.ts';
import { summarise } from './summarise.ts';
import { verify } from './verify.ts';

/** Inputs come from the definition as JSON; each step's own type says what it finds there. */
export const steps: Readonly<Record<Step, RunStep<never, unknown>>> = {
  Plan: plan,
  List: list,
  Summarise: summarise,
  Copy: copy,
  Verify: verify,
  Finish: finish,
  Fail: fail,
};

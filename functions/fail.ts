// Lambda: one invocation of Fail.
import { fail } from '../lib/workflow/steps/fail.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(fail);

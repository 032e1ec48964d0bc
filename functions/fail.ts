// Lambda: one invocation of Fail.
import { handleStep } from '../lib/deployed/handler.ts';
import { fail } from '../lib/workflow/steps/fail.ts';

export const handler = handleStep(fail);

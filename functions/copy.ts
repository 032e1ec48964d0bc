// Lambda: one invocation of Copy.
import { handleStep } from '../lib/deployed/handler.ts';
import { copy } from '../lib/workflow/steps/copy.ts';

export const handler = handleStep(copy);

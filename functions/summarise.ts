// Lambda: one invocation of Summarise.
import { handleStep } from '../lib/deployed/handler.ts';
import { summarise } from '../lib/workflow/steps/summarise.ts';

export const handler = handleStep(summarise);

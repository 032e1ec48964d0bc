// Lambda: one invocation of Summarise.
import { summarise } from '../lib/workflow/steps/summarise.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(summarise);

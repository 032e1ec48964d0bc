// Lambda: one invocation of Copy.
import { copy } from '../lib/workflow/steps/copy.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(copy);

// Lambda: one invocation of Finish.
import { finish } from '../lib/workflow/steps/finish.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(finish);

// Lambda: one invocation of Finish.
import { handleStep } from '../lib/deployed/handler.ts';
import { finish } from '../lib/workflow/steps/finish.ts';

export const handler = handleStep(finish);

// Lambda: one invocation of Verify.
import { handleStep } from '../lib/deployed/handler.ts';
import { verify } from '../lib/workflow/steps/verify.ts';

export const handler = handleStep(verify);

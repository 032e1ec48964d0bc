// Lambda: one invocation of Verify.
import { verify } from '../lib/workflow/steps/verify.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(verify);

// Lambda: one invocation of Plan.
import { plan } from '../lib/workflow/steps/plan.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(plan);

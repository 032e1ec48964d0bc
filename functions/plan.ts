// Lambda: one invocation of Plan.
import { handleStep } from '../lib/deployed/handler.ts';
import { plan } from '../lib/workflow/steps/plan.ts';

export const handler = handleStep(plan);

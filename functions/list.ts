// Lambda: one invocation of List.
import { handleStep } from '../lib/deployed/handler.ts';
import { list } from '../lib/workflow/steps/list.ts';

export const handler = handleStep(list);

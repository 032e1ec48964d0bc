// Lambda: one invocation of List.
import { list } from '../lib/workflow/steps/list.ts';
import { handleStep } from './handler.ts';

export const handler = handleStep(list);

// Fuzz target: a gzipped list whose bytes were tampered with.
import type { OpenTarget } from '../target.ts';
import { checkList, LINE_WORDS } from './list-file.ts';

export const open: OpenTarget = () => ({ words: [...LINE_WORDS, '\u001f\u008b\b'], check: checkList });

// Fuzz target: a list of JSON lines whose text was tampered with, gzip and all: a picture each, or the list is refused.
import { gzipSync } from 'node:zlib';
import type { OpenTarget } from '../target.ts';
import { checkList, LINE_WORDS } from './list-file.ts';

export const open: OpenTarget = () => ({
  words: LINE_WORDS,
  check: (input) => checkList(gzipSync(input, { level: 1 })),
});

// Fuzz target: what an API answers about a migration and its report, judged and printed as the command line does.
import assert from 'node:assert/strict';
import { asDetail, asListing, asReportView, asSchedules, asStarted } from '../../../../lib/cli/answers.ts';
import { printResult } from '../../../../lib/cli/print-result.ts';
import { detail } from '../../../cli/given-answers.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const HARMFUL = /[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u;

export const open: OpenTarget = () => ({
  words: [
    ...[
      '"reasons":{"toString":1}',
      '"__proto__":1',
      '"failed":{"count":1,"bytes":1}',
      '"count":9007199254740993',
      '"status":"failed"',
    ],
    ...[
      '"endedAt":"x"',
      '"examples":{"constructor":["a"]}',
      '"links":{}',
      '"places":{}',
      '"findings":{}',
      '\\u001b[2J',
      '\\u202e',
    ],
  ],
  check: (input) => {
    const answer = parsed(input.toString('utf8'));
    for (const as of [asStarted, asListing, asSchedules, asDetail])
      unlessRefused(() => as(structuredClone(answer)), 'Unreachable');
    const view = unlessRefused(() => asReportView(answer), 'Unreachable');
    if (view === undefined) return;
    for (const json of [true, false]) {
      const said = printedBy(() => printResult(detail(), view, { json, flags: '' }));
      if (!json) assert.doesNotMatch(said, HARMFUL, 'nothing printed is a command to the terminal');
    }
  },
});

/** As the client hands it on: what is no JSON is nothing. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const printedBy = (print: () => void): string => {
  let said = '';
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => {
      said += String(text);
      return true;
    };
  }
  try {
    print();
  } finally {
    streams.forEach((stream, at) => {
      stream.write = writes[at]!;
    });
  }
  return said;
};

// Fuzz target: when a schedule is due. The first line is the expression, the second one the time zone.
import assert from 'node:assert/strict';
import { parseExpression } from '../../../../lib/api/expression.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const AT = Date.UTC(2026, 4, 1, 12);

export const open: OpenTarget = () => ({
  words: [
    ...[
      'cron(',
      'rate(',
      ')',
      '*',
      '?',
      '*/15',
      '1-5',
      'MON-FRI',
      'L',
      'LW',
      '15W',
      '6#3',
      '2026-2028',
      '0/0',
      '31',
      'FEB',
    ],
    ...[
      'minutes',
      'hours',
      'days',
      '999999999',
      'Europe/Vienna',
      'UTC',
      '+01:00',
      'Etc/GMT+12',
      'Antarctica/Troll',
      '29 2',
    ],
  ],
  check: (input) => {
    const [expression = '', timeZone = 'UTC'] = input.toString('utf8').slice(0, 306).split('\n');
    const due = unlessRefused(() => parseExpression(expression, timeZone, AT), 'UsageError');
    const next = due?.next(AT);
    if (next !== undefined) assert.ok(Number.isSafeInteger(next) && next > AT, `next is ${next}`);
    const previous = due?.previous(AT);
    if (previous !== undefined) assert.ok(Number.isSafeInteger(previous) && previous < AT, `previous was ${previous}`);
  },
});

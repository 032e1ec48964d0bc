// `npm run bench:scale`: prints what migrations use on paper; exit 1 where that is more than a quota allows.

import { parseArgs } from 'node:util';
import { flagsOf, usageOf } from '../../scripts/flags.ts';
import { measureScale } from '../scale.ts';
import { isQuotaName, QUOTAS, type Quotas, withQuota } from './quotas.ts';

const HELP = `npm run bench:scale -- [--quota NAME=VALUE]… [--up-to PICTURES]

A million, a hundred million and a billion pictures on simulated time, against AWS's quotas.

  --quota NAME=VALUE  as if that quota were another: ${Object.keys(QUOTAS).join(', ')}
  --up-to PICTURES    only cases of at most so many pictures
Exit: 0 every quota is kept, 1 one is not (it is named, with what was used), 2 usage.`;

const usage = usageOf(HELP);
const flags = flagsOf(
  () =>
    parseArgs({
      options: {
        quota: { type: 'string', multiple: true },
        'up-to': { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values,
  HELP,
);
const quotas = (flags.quota ?? []).reduce((changed: Quotas, text): Quotas => {
  const [name = '', value = ''] = text.split('=');
  if (!isQuotaName(name) || !/^\d+$/.test(value))
    return usage(`--quota ${text}: expected NAME=VALUE with a known name`);
  return withQuota(changed, name, Number(value));
}, QUOTAS);
const upTo = Number(flags['up-to'] ?? 'Infinity');
if (!(upTo >= 1e6)) usage(`--up-to ${flags['up-to']}: expected at least 1000000, the smallest case`);

const { columns, rows, quotas: judged } = await measureScale((what) => console.log(what), { upTo, quotas });
const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
for (const row of [columns, ...rows])
  console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
console.log();
for (const { goal, figure, isReached } of judged) console.log(`${isReached ? 'kept' : 'EXCEEDED'}: ${goal}: ${figure}`);
process.exitCode = judged.every(({ isReached }) => isReached) ? 0 : 1;

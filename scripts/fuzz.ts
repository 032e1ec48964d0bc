// Fuzzes parsers for longer than CI does: `npm run fuzz -- --minutes 10 --target globs`. What breaks one becomes a file of its corpus.
import { createHash, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { described, fuzz } from '../test/faults/fuzz/fuzz.ts';
import { corpusFolder, TARGETS, type TargetName } from '../test/faults/fuzz/target.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string' },
  },
});
const unknown = values.target.filter((name) => !(TARGETS as readonly string[]).includes(name));
const minutes = Number(values.minutes);
if (unknown.length > 0 || !(minutes > 0)) {
  console.error(`usage: npm run fuzz -- [--minutes N] [--seed N] [--target NAME]…; targets: ${TARGETS.join(', ')}`);
  process.exit(2);
}
const targets = values.target.length > 0 ? (values.target as TargetName[]) : TARGETS;
const firstSeed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
const RUNS = 2_000;
const endAt = Date.now() + minutes * 60_000;
const broken = new Set<TargetName>();
const cases = new Map<TargetName, number>();

for (let seed = firstSeed; Date.now() < endAt && broken.size < targets.length; seed = (seed + 1) % 2 ** 31) {
  for (const target of targets) {
    if (broken.has(target) || Date.now() >= endAt) continue;
    const result = await fuzz(target, { runs: RUNS, seed });
    cases.set(target, (cases.get(target) ?? 0) + result.cases);
    if (result.failure) {
      broken.add(target);
      const input = Buffer.from(result.failure.input);
      const file = join(corpusFolder(target), `found-${createHash('sha256').update(input).digest('hex').slice(0, 8)}`);
      writeFileSync(file, input);
      console.error(
        `${target} is broken. ${described(result)}\nkept as ${file}: mend it, and give the file a name that says what it is`,
      );
    }
  }
}
for (const target of targets)
  console.log(`${target}: ${cases.get(target) ?? 0} inputs${broken.has(target) ? ', BROKEN' : ''}`);
console.log(`the first seed was ${firstSeed}`);
process.exit(broken.size > 0 ? 1 : 0);

// A reporter for node:test that prints a run's totals, and how long each file took, as one JSON line.
import { relative } from 'node:path';

export default async function* totals(source) {
  const seconds = {};
  for await (const { type, data } of source) {
    if (type !== 'test:summary') continue;
    if (data.file !== undefined) {
      seconds[relative(process.cwd(), data.file)] = Math.round(data.duration_ms / 1000);
      continue;
    }
    const { passed, tests, cancelled, skipped, todo } = data.counts;
    const failed = tests - passed - skipped - todo;
    yield `${JSON.stringify({ passed, failed, cancelled, skipped: skipped + todo, seconds })}\n`;
  }
}

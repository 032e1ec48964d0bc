// A reporter for node:test that prints a run's totals as one JSON line.
export default async function* totals(source) {
  for await (const event of source) {
    if (event.type === 'test:summary' && event.data.file === undefined) {
      const { passed, tests, cancelled, skipped, todo } = event.data.counts;
      yield `${JSON.stringify({ passed, failed: tests - passed - skipped - todo, cancelled, skipped: skipped + todo })}\n`;
    }
  }
}

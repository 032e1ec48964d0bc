// The copying part alone, as s5cmd cp does nothing else: node copy-engine.ts URL SOURCE DESTINATION native|headFirst AT_ONCE
import pLimit from 'p-limit';
import { EVERYTHING } from '../lib/compare/range.ts';
import { createMemoryBudget } from '../lib/stores/memory-budget.ts';
import { openStore } from '../lib/stores/open-store.ts';
import { openRoute } from '../lib/stores/route.ts';
import type { CreateOnly, S3Spec } from '../lib/stores/spec.ts';

const [url = '', source = '', destination = '', createOnly = 'headFirst', atOnce = '64'] = process.argv.slice(2);
const spec = (bucket: string): S3Spec => ({
  ...{ type: 's3', bucket, prefix: '', region: 'us-east-1', endpointUrl: url },
  createOnly: createOnly as CreateOnly,
});
const [from, to] = await Promise.all([
  openStore(spec(source), { side: 'source' }),
  openStore(spec(destination), { side: 'destination' }),
]);
const memory = createMemoryBudget(512 * 1024 * 1024);
const route = openRoute(from, to, { tags: true, sameService: true, memory });
const limit = pLimit(Number(atOnce));
const outcomes: Record<string, number> = {};
const never = new AbortController().signal;
const uploads = { begun: async () => {}, advanced: () => {} };
const copies: Promise<void>[] = [];
for await (const { entries, at } of from.list(EVERYTHING)) {
  for (const { key, size } of entries) {
    const task = {
      action: 'create',
      onlyIfNewer: false,
      listedAt: at,
      handOver: never,
      giveUp: never,
      uploads,
    } as const;
    copies.push(
      limit(async () => {
        const { outcome } = await route.copy({ key, size }, task);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }),
    );
  }
}
await Promise.all(copies);
await Promise.all([from.close(), to.close()]);
console.log(JSON.stringify(outcomes));

// Writes the first half of a picture into a folder, says so, and waits to be killed.
import { Readable } from 'node:stream';
import { openFolderStore } from '../../lib/stores/folder/store.ts';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';

const body = Readable.from(
  (async function* () {
    yield Buffer.alloc(100_000, 'x');
    console.log('half');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  })(),
);
const store = await openFolderStore({ type: 'folder', path: process.argv[2] ?? '' }, { missingIsEmpty: true });
const picture = { facts: { size: 200_000, modifiedAt: 0, metadata: {} }, body, unchanged: async () => true };
await store.write('a', picture, { kind: 'create' }, { tags: false }, createMemoryBudget(1));

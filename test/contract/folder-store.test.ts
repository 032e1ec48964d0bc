// The folder store keeps what every store promises.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openFolderStore } from '../../lib/stores/folder/store.ts';
import { type StoreUnderTest, storeContract } from './store.contract.ts';

const open = async (): Promise<StoreUnderTest> => {
  const path = await mkdtemp(join(tmpdir(), 'picferry-contract-'));
  const store = await openFolderStore({ type: 'folder', path }, { missingIsEmpty: true });
  return {
    store,
    put: async (key, content) => {
      await mkdir(dirname(join(path, key)), { recursive: true });
      await writeFile(join(path, key), content);
    },
    peek: (key) => readFile(join(path, key)).catch(() => undefined),
    close: async () => {
      await store.close();
      await rm(path, { recursive: true });
    },
  };
};

storeContract({
  name: 'folder',
  open,
  keeps: 'nothing',
  refused: {
    'two//slashes.jpg': 'keyNotAllowed',
    '/leading slash.jpg': 'keyNotAllowed',
    'up/../sideways.jpg': 'keyNotAllowed',
    'here/./there.jpg': 'keyNotAllowed',
    '../outside.jpg': 'keyNotAllowed',
    '..': 'keyNotAllowed',
    '.': 'keyNotAllowed',
    '.picferry/mine.jpg': 'keyNotAllowed',
    ['x'.repeat(1_024)]: 'keyNotAllowed',
    // A file of that name stands there already, and no folder can have it too: or the other way round.
    cam1: 'occupiedByFolder',
  },
});

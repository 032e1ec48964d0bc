// docs/faults.md tells what the tests noted: sums of cases, a dash where nothing was noted, names as text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, documentOf } from '../../scripts/faults-doc.ts';
import type { Proved } from '../faults/ledger.ts';

const cell = (more: Partial<Proved>): Proved => ({
  fault: 'a full disk',
  how: 'by hand',
  stores: 'folder → folder',
  where: 'embedded',
  cases: 3,
  ...more,
});

test('a cell adds up what several tests noted, and rows keep to the order of the stores', () => {
  const model = cell({ fault: 'two at once', cases: 5_000, states: true });
  const cells = cellsOf([
    model,
    cell({}),
    cell({ cases: 1_200 }),
    cell({ stores: 'S3 → S3', where: 'emulator', cases: 1 }),
  ]);
  assert.deepEqual(
    cells.map(({ cases }) => cases),
    [1, 1_203, 5_000],
  );
  const document = documentOf(cells);
  assert.match(document, /^1,204 cases, and 5,000 states /m);
  assert.match(document, /^\| two at once \| 5,000 states embedded \|/m);
  assert.match(document, /^\| a full disk \| 1,203 embedded \| – \| – \| 1 on the emulator \| – \|$/m);
  assert.match(document, /^\| a full disk \| by hand \|$/m);
});

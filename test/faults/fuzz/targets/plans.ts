// Fuzz target: the plans and lists of files that steps read back, after somebody wrote into the reports bucket.
import assert from 'node:assert/strict';
import {
  examplesOf,
  readCopyPlan,
  readOutcomeFiles,
  readPlan,
  readShardRefs,
  readUploads,
} from '../../../../lib/workflow/plan-files.ts';
import { unlessRejected } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';
import { filesWith } from './list-file.ts';

export const open: OpenTarget = () => ({
  words: [
    ...[
      '"index":0',
      '"ranges":[]',
      '"after":""',
      '"upTo":null',
      '"shards":[]',
      '"path":"../../x"',
      '"amount":{"count":1}',
    ],
    ...[
      '"fromPosition":-1',
      '"partSizeBytes":0',
      '"parts":["a"]',
      '"outcome":"copied"',
      '"listedAt":0',
      '"__proto__":[]',
    ],
  ],
  check: async (input) => {
    const files = filesWith(input);
    const path = 'migrations/x/plan.json';
    const plan = await unlessRejected(() => readPlan(files, path), 'UnreadableFile');
    plan?.forEach(({ ranges }) => {
      for (const { after, upTo } of ranges)
        assert.ok((typeof after === 'string' && upTo?.length !== undefined) || upTo === null);
    });
    const items = await unlessRejected(() => readCopyPlan(files, path), 'UnreadableFile');
    items?.forEach(({ amount, shards }) => {
      assert.ok(amount.count >= 0 && amount.bytes >= 0 && Array.isArray(shards));
    });
    await unlessRejected(() => readShardRefs(files, path), 'UnreadableFile');
    await unlessRejected(() => readOutcomeFiles(files, path), 'UnreadableFile');
    const examples = await examplesOf(files, 'x');
    for (const keys of Object.values(examples)) assert.ok(keys.every((key) => typeof key === 'string'));
    const uploads = await unlessRejected(() => readUploads(files, path), 'UnreadableFile');
    for (const { partSizeBytes } of Object.values(uploads ?? {})) assert.ok(partSizeBytes > 0, 'parts have a size');
  },
});

// Fuzz target: a picferry.json that somebody else wrote, and the stores it names.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { resolveStore } from '../../../../lib/stores/address.ts';
import { readPicferryJson } from '../../../../lib/stores/picferry-json.ts';
import { unlessRefused, unlessRejected } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

export const open: OpenTarget = async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'picferry-fuzz-'));
  return {
    words: [
      ...['"stores"', '"folder"', '"bucket"', '"prefix"', '"endpointUrl"', '"secret"', '"role"', '"createOnly"'],
      ...[
        '"__proto__":',
        '"folder":"/a\\u0000b"',
        '"endpointUrl":"http://a:b@c"',
        '"\\ud800"',
        '\\u0000',
        '"stores":{}',
      ],
    ],
    check: async (input) => {
      await writeFile(join(cwd, 'picferry.json'), input);
      const { stores } = (await unlessRejected(() => readPicferryJson(cwd), 'UsageError')) ?? {};
      assert.equal(Object.getPrototypeOf({}).folder, undefined, 'no prototype was touched');
      for (const name of Object.keys(stores ?? {})) {
        const spec = unlessRefused(
          () => resolveStore(name, { side: 'source', cwd, env: {}, stores: stores ?? {} }),
          'UsageError',
        );
        if (spec?.type === 'folder') assert.ok(isAbsolute(spec.path) && !spec.path.includes('\0'));
        if (spec?.type === 's3') assert.ok(spec.prefix === '' || spec.prefix.endsWith('/'));
      }
    },
    close: () => rm(cwd, { recursive: true, force: true }),
  };
};

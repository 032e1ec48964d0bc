// Two stores that do not lie apart are refused.
import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkPair, resolveStore, UsageError } from '../../lib/stores/address.ts';
import type { S3Spec, StoreSpec } from '../../lib/stores/spec.ts';
import { scratchFolder } from '../support/scratch.ts';

const s3 = (bucket: string, prefix = '', more: Partial<S3Spec> = {}): S3Spec => ({
  type: 's3',
  bucket,
  prefix,
  createOnly: 'native',
  ...more,
});
const folder = (path: string): StoreSpec => ({ type: 'folder', path });

describe('two stores make a pair only where they lie apart', () => {
  const minio = { endpointUrl: 'http://127.0.0.1:9000' };
  const apart: [what: string, source: StoreSpec, destination: StoreSpec][] = [
    ['two buckets', s3('a'), s3('b')],
    ['two prefixes', s3('a', 'x/'), s3('a', 'y/')],
    ['prefixes that only begin alike', s3('a', 'cam1/'), s3('a', 'cam10/')],
    ['one name on two services', s3('a'), s3('a', '', minio)],
    ['one name on two ports', s3('a', '', { endpointUrl: 'http://127.0.0.1:9001' }), s3('a', '', minio)],
    ['folders that only begin alike', folder('/n/cam1'), folder('/n/cam10')],
    ['a folder and a bucket', folder('/n/a'), s3('a')],
  ];
  for (const [what, source, destination] of apart) test(what, () => checkPair(source, destination, {}));

  const refused: [what: string, source: StoreSpec, destination: StoreSpec, message: RegExp][] = [
    ['the same bucket', s3('a'), s3('a'), /same store/],
    ['the same by another name', s3('a', 'x/', { name: 'old' }), s3('a', 'x/', { region: 'eu-west-1' }), /same store/],
    [
      'the same through an endpoint of AWS',
      s3('a'),
      s3('a', '', { endpointUrl: 'https://s3.eu-west-1.amazonaws.com' }),
      /same store/,
    ],
    ['the same on a service', s3('a', '', minio), s3('a', '', { endpointUrl: 'http://127.0.0.1:9000/' }), /same store/],
    ['a prefix below the source', s3('a'), s3('a', 'backup/'), /destination .* lies inside the source/],
    ['a prefix below the destination', s3('a', 'x/y/'), s3('a', 'x/'), /source .* lies inside the destination/],
    ['the same folder', folder('/n/a'), folder('/n/a'), /same store/],
    ['a folder below the source', folder('/n'), folder('/n/a'), /destination .* lies inside the source/],
    ['a folder below the destination', folder('/n/a/b'), folder('/n'), /source .* lies inside the destination/],
    ['everything', folder('/'), folder('/n'), /lies inside/],
  ];
  for (const [what, source, destination, message] of refused)
    test(what, () =>
      assert.throws(
        () => checkPair(source, destination, {}),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      ),
    );

  test('folders reached through links are known for what they are', async (t) => {
    const root = await scratchFolder(t);
    await mkdir(join(root, 'real/inner'), { recursive: true });
    await symlink(join(root, 'real'), join(root, 'link'));
    const store = (path: string) => resolveStore(join(root, path), { side: 'source', cwd: root, env: {}, stores: {} });
    assert.throws(() => checkPair(store('real'), store('link'), {}), /same store/);
    assert.throws(() => checkPair(store('link'), store('real/inner/new'), {}), /lies inside/);
    // Also where a spec was written by hand and its links were never resolved.
    assert.throws(() => checkPair(folder(join(root, 'link')), folder(join(root, 'real')), {}), /same store/);
  });
});

describe('the state folder lies apart from both', () => {
  test('inside a store, or a store inside it: refused', async (t) => {
    const root = await scratchFolder(t);
    await mkdir(join(root, 'a/state'), { recursive: true });
    await symlink(join(root, 'a/state'), join(root, 'elsewhere'));
    const [a, b] = [folder(join(root, 'a')), folder(join(root, 'b'))];
    assert.throws(() => checkPair(a, b, { stateDir: join(root, 'a/state') }), /state folder .* inside the source/);
    assert.throws(
      () => checkPair(b, a, { stateDir: join(root, 'elsewhere') }),
      /state folder .* inside the destination/,
    );
    assert.throws(
      () => checkPair(a, b, { stateDir: join(root, 'b/not/yet') }),
      /state folder .* inside the destination/,
    );
    assert.throws(() => checkPair(a, b, { stateDir: root }), /source .* inside the state folder/);
    checkPair(a, b, { stateDir: join(root, 'ab') });
    checkPair(s3('a'), s3('b'), { stateDir: root });
  });
});

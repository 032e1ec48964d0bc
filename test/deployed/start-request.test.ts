// What Start lets in: only the deployment's own stores, with the deployment's own endpoints and credentials.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allowedRequest, start } from '../../lib/deployed/start-request.ts';
import type { StoreSpec } from '../../lib/stores/spec.ts';
import { DEFAULT_LIMITS } from '../../lib/workflow/limits.ts';
import type { MigrationRequest } from '../../lib/workflow/request.ts';
import type { StartHost } from '../../lib/workflow/start.ts';

const env = {
  ALLOWED_STORES: JSON.stringify({
    old: { bucket: 'old-pictures', prefix: '' },
    new: { bucket: 'new-pictures', prefix: 'archive/', role: 'arn:aws:iam::111122223333:role/pictures' },
    minio: { bucket: 'minio', prefix: '', endpointUrl: 'https://minio.example', secret: 'minio-keys' },
  }),
};

const s3 = (bucket: string, prefix = '', more: object = {}): StoreSpec => ({
  ...{ type: 's3', bucket, prefix, createOnly: 'native' },
  ...more,
});
const requestOf = (source: StoreSpec, destination: StoreSpec): MigrationRequest => ({
  mode: 'sync',
  source,
  destination,
  options: { include: [], exclude: [], checksum: false, onDifferent: 'keep', order: 'newest', tags: true },
});
const OLD = s3('old-pictures');
const NEW = s3('new-pictures', 'archive/');

describe('a request to a deployment', () => {
  test('may name its stores, whole or narrowed to a prefix', () => {
    const { source, destination } = allowedRequest(requestOf(s3('old-pictures', 'cam1/'), NEW), env);
    assert.deepEqual(source, { ...s3('old-pictures', 'cam1/'), name: 'old' });
    assert.equal(destination.type === 's3' && destination.role, 'arn:aws:iam::111122223333:role/pictures');
  });

  test('cannot bring its own role, and a store of another service is only as safe as it is', () => {
    const asked = requestOf(
      s3('minio', '', { role: 'arn:aws:iam::999999999999:role/theirs', createOnly: 'native' }),
      OLD,
    );
    assert.deepEqual(allowedRequest(asked, env).source, {
      ...s3('minio', '', { name: 'minio', endpointUrl: 'https://minio.example', secret: 'minio-keys' }),
      createOnly: 'headFirst',
    });
  });

  const REFUSED: [string, MigrationRequest, RegExp][] = [
    ["a bucket that is not the deployment's", requestOf(s3('others'), NEW), /source s3:\/\/others\/ is none/],
    [
      'more of a bucket than the store',
      requestOf(OLD, s3('new-pictures')),
      /destination s3:\/\/new-pictures\/ is none/,
    ],
    ['a prefix that only begins alike', requestOf(OLD, s3('new-pictures', 'archive2/')), /archive2\/ is none/],
    [
      'a bucket of that name elsewhere',
      requestOf(s3('minio', '', { endpointUrl: 'https://evil.example' }), OLD),
      /none/,
    ],
    ['a folder', requestOf({ type: 'folder', path: '/var/pictures' }, OLD), /does not see \/var\/pictures/],
    ['a store and itself', requestOf(OLD, s3('old-pictures', 'cam1/')), /lies inside/],
  ];
  for (const [what, request, message] of REFUSED) {
    test(`is refused for ${what}`, () => assert.throws(() => allowedRequest(request, env), message));
  }

  test('that is no request starts nothing and is told which field is wrong', async () => {
    const result = await start({ ...requestOf(OLD, NEW), mode: 'move' }, nothingMayHappen(), env);
    assert.equal(result.kind, 'refused');
    assert.match(result.kind === 'refused' ? result.message : '', /mode/);
  });

  test('to go on from a migration that never was is refused', async () => {
    const result = await start({ from: 'no-such-id' }, nothingMayHappen(), env);
    assert.deepEqual(result.kind === 'refused' && result.status, 404);
  });
});

function nothingMayHappen(): StartHost {
  const never = (): never => {
    throw new Error('nothing may be started or written');
  };
  return {
    records: { get: async () => undefined, put: never, list: never, newest: never },
    files: { read: async () => undefined, open: never, write: never, writeAll: never, where: (path) => path },
    executions: { start: never, stop: never, status: never },
    liveness: { mine: undefined, isDead: async () => false },
    limits: DEFAULT_LIMITS,
    now: Date.now,
    openStore: never,
  };
}

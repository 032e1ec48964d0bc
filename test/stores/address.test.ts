// What people type as a store becomes the store it means, or an error with the way out.
import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type AddressOptions, resolveStore, UsageError } from '../../lib/stores/address.ts';
import type { S3Spec } from '../../lib/stores/spec.ts';
import { scratchFolder } from '../support/scratch.ts';

const OPTIONS: AddressOptions = { side: 'source', cwd: '/nowhere', env: {}, stores: {} };
const resolve = (text: string, options: Partial<AddressOptions> = {}) => resolveStore(text, { ...OPTIONS, ...options });
const s3 = (text: string, options: Partial<AddressOptions> = {}): S3Spec => {
  const spec = resolve(text, options);
  assert.ok(spec.type === 's3');
  return spec;
};

describe('s3:// addresses', () => {
  const prefixes: [text: string, bucket: string, prefix: string][] = [
    ['s3://bucket', 'bucket', ''],
    ['s3://bucket/', 'bucket', ''],
    ['s3://bucket/cam1', 'bucket', 'cam1/'],
    ['s3://bucket/cam1/', 'bucket', 'cam1/'],
    ['s3://bucket/a/../b?c#d', 'bucket', 'a/../b?c#d/'],
    ['s3://bucket//', 'bucket', '/'],
    ['s3://bucket/line\nbreak', 'bucket', 'line\nbreak/'],
    ['S3://bucket/Cam', 'bucket', 'Cam/'],
  ];
  for (const [text, bucket, prefix] of prefixes)
    test(JSON.stringify(text), () => assert.deepEqual(s3(text), { type: 's3', bucket, prefix, createOnly: 'native' }));

  const bad = [
    's3://',
    's3:///x',
    's3://ab',
    's3://Upper',
    's3://a_b_c',
    's3://a..b',
    's3://192.168.0.1',
    's3://-ab',
    's3://arn:aws:s3:eu:1:accesspoint/x',
    `s3://${'a'.repeat(64)}`,
  ];
  for (const text of bad) test(`${text} is no bucket`, () => assert.throws(() => resolve(text), UsageError));

  test('other services allow other bucket names', () => {
    assert.equal(s3('s3://My_Bucket', { endpointUrl: 'http://localhost:9000' }).bucket, 'My_Bucket');
    assert.throws(() => resolve('s3://a..b', { endpointUrl: 'http://localhost:9000' }), UsageError);
  });

  test('a prefix longer than a key is refused', () => {
    assert.throws(() => resolve(`s3://bucket/${'é'.repeat(512)}`), /1,024/);
  });
});

describe('how creating without overwriting is guaranteed', () => {
  type Case = [what: string, options: Partial<AddressOptions>, endpointUrl: string | undefined, createOnly: string];
  const cases: Case[] = [
    ['AWS itself', {}, undefined, 'native'],
    [
      'an endpoint of AWS',
      { endpointUrl: 'https://s3.eu-west-1.amazonaws.com' },
      'https://s3.eu-west-1.amazonaws.com',
      'native',
    ],
    [
      'somebody posing as AWS',
      { endpointUrl: 'https://amazonaws.com.evil.org' },
      'https://amazonaws.com.evil.org',
      'headFirst',
    ],
    ['a name ending alike', { endpointUrl: 'https://notamazonaws.com' }, 'https://notamazonaws.com', 'headFirst'],
    ['another service', { endpointUrl: 'http://127.0.0.1:9000/' }, 'http://127.0.0.1:9000', 'headFirst'],
    ['AWS_ENDPOINT_URL', { env: { AWS_ENDPOINT_URL: 'http://minio:9000' } }, 'http://minio:9000', 'headFirst'],
    [
      'AWS_ENDPOINT_URL_S3 before it',
      { env: { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_S3: 'http://b' } },
      'http://b',
      'headFirst',
    ],
    [
      'the option before both',
      { endpointUrl: 'http://c', env: { AWS_ENDPOINT_URL_S3: 'http://b' } },
      'http://c',
      'headFirst',
    ],
    ['an empty variable', { env: { AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_S3: '' } }, undefined, 'native'],
    [
      'variables to be ignored',
      { env: { AWS_ENDPOINT_URL: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } },
      undefined,
      'native',
    ],
  ];
  for (const [what, options, endpointUrl, createOnly] of cases)
    test(`${what}: ${createOnly}`, () => {
      const spec = s3('s3://bucket', options);
      assert.deepEqual([spec.endpointUrl, spec.createOnly], [endpointUrl, createOnly]);
    });

  test('picferry.json has the last word', () => {
    const stores = { new: { bucket: 'b-new', endpointUrl: 'http://minio:9000', createOnly: 'native' as const } };
    assert.equal(s3('new', { stores }).createOnly, 'native');
  });

  for (const endpointUrl of ['minio:9000', 'ftp://minio', 'nonsense', 'http://host/?x=1', 'http://user:pass@host'])
    test(`${endpointUrl} is no endpoint`, () =>
      assert.throws(() => resolve('s3://bucket', { endpointUrl }), UsageError));
});

describe('names of picferry.json', () => {
  const stores = {
    old: { bucket: 'old-bucket', prefix: 'cams', region: 'eu-west-1' },
    new: { bucket: 'new-bucket', endpointUrl: 'https://s3.example.com', profile: 'customer' },
    deployed: { bucket: 'far-bucket', role: 'arn:aws:iam::1:role/x' },
    field: { folder: 'pictures' },
  };
  test('become the store they stand for, with its name', () => {
    assert.deepEqual(resolve('old', { stores }), {
      type: 's3',
      name: 'old',
      bucket: 'old-bucket',
      prefix: 'cams/',
      region: 'eu-west-1',
      createOnly: 'native',
    });
    assert.deepEqual(resolve('field', { stores }), { type: 'folder', name: 'field', path: '/nowhere/pictures' });
    assert.equal(s3('deployed', { stores }).role, 'arn:aws:iam::1:role/x');
  });

  test('give way to options', () => {
    const spec = s3('new', { stores, endpointUrl: 'http://localhost:1', region: 'x', profile: 'mine' });
    assert.deepEqual([spec.endpointUrl, spec.region, spec.profile], ['http://localhost:1', 'x', 'mine']);
  });

  test('unknown ones are refused, with the ways out', () => {
    assert.throws(
      () => resolve('nwe', { stores }),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /"nwe".*old, new, deployed, field.*\.\/nwe.*s3:\/\/nwe/);
        return true;
      },
    );
    for (const text of ['', 'constructor', '__proto__']) assert.throws(() => resolve(text), UsageError);
  });
});

describe('folders', () => {
  test('are told by a slash, a dot or a tilde, and made absolute', () => {
    const cwd = '/nowhere/else';
    const cases: [text: string, path: string][] = [
      ['./a', '/nowhere/else/a'],
      ['.', '/nowhere/else'],
      ['..', '/nowhere'],
      ['.hidden', '/nowhere/else/.hidden'],
      ['a/b/', '/nowhere/else/a/b'],
      ['/nowhere/a/../b', '/nowhere/b'],
      ['/', '/'],
      ['~/pictures', join(homedir(), 'pictures')],
    ];
    for (const [text, path] of cases) assert.deepEqual(resolve(text, { cwd }), { type: 'folder', path }, text);
    assert.deepEqual(resolve('~', { env: { HOME: '/home/me' } }), { type: 'folder', path: '/home/me' });
  });

  test('have links resolved as far as they exist', async (t) => {
    const root = await scratchFolder(t);
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'link'));
    assert.deepEqual(resolve(join(root, 'link/not/yet')), { type: 'folder', path: join(root, 'real/not/yet') });
  });

  test('take no options of S3', () => {
    for (const option of ['endpointUrl', 'region', 'profile'])
      assert.throws(() => resolve('./a', { [option]: 'http://x' }), /makes no sense/);
    assert.deepEqual(resolve('./a', { env: { AWS_ENDPOINT_URL: 'http://x' } }).type, 'folder');
  });

  test('are not what other schemes or other people’s homes mean', () => {
    for (const text of ['https://bucket.example.com/x', 'gs://bucket', 'file:///x', '~bob/pictures'])
      assert.throws(() => resolve(text), UsageError);
  });
});

// Where requests go, and keys on their way into paths.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeKey, placeOf, regionInEndpoint, serviceOf } from '../../../lib/stores/s3/address.ts';
import { ODD_KEYS } from '../../support/odd-keys.ts';

describe('a bucket is addressed', () => {
  const table = [
    ['on AWS by its host', { bucket: 'b-1', region: 'eu-west-1' }, 'https://b-1.s3.eu-west-1.amazonaws.com', ''],
    [
      'on AWS by path where a dot would break the certificate',
      { bucket: 'a.b', region: 'eu-west-1' },
      'https://s3.eu-west-1.amazonaws.com',
      '/a.b',
    ],
    ['in China', { bucket: 'b-1', region: 'cn-north-1' }, 'https://b-1.s3.cn-north-1.amazonaws.com.cn', ''],
    [
      'on an endpoint by path',
      { bucket: 'b-1', region: 'r', endpointUrl: 'http://127.0.0.1:9000/' },
      'http://127.0.0.1:9000',
      '/b-1',
    ],
    [
      'below an endpoint with a path',
      { bucket: 'b-1', region: 'r', endpointUrl: 'https://x.example/s3/' },
      'https://x.example',
      '/s3/b-1',
    ],
  ] as const;
  for (const [title, address, origin, base] of table) {
    test(title, () => {
      const place = placeOf(address);
      assert.deepEqual([place.origin, place.base], [origin, base]);
      assert.equal(place.host, origin.replace(/^https?:\/\//, ''));
    });
  }
});

describe('a key in a path', () => {
  test('keeps every byte, and nothing that a server or a proxy would read otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ODD_KEYS)), (key) => {
        fc.pre(key.isWellFormed());
        const encoded = encodeKey(key);
        assert.match(encoded, /^(?:[A-Za-z0-9\-_.~/]|%[0-9A-F]{2})*$/);
        assert.equal(decodeURIComponent(encoded), key);
        assert.equal(encoded.split('/').length, key.split('/').length);
      }),
    );
  });
});

describe('the region in an endpoint', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['https://s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://s3.dualstack.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['https://s3-eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://s3.amazonaws.com', undefined],
    ['https://s3.eu-west-1.example.com', undefined],
  ];
  for (const [endpoint, region] of table)
    test(`${endpoint}: ${region}`, () => assert.equal(regionInEndpoint(endpoint), region));
});

test('two buckets share a service by partition on AWS and by endpoint elsewhere', () => {
  const aws = serviceOf({ bucket: 'a', region: 'eu-west-1' });
  assert.equal(aws, serviceOf({ bucket: 'b', region: 'us-east-1', endpointUrl: 'https://s3.us-east-1.amazonaws.com' }));
  assert.notEqual(aws, serviceOf({ bucket: 'b', region: 'cn-north-1' }));
  const own = serviceOf({ bucket: 'a', region: 'r', endpointUrl: 'http://h:9000' });
  assert.equal(own, serviceOf({ bucket: 'b', region: 's', endpointUrl: 'http://h:9000/' }));
  assert.notEqual(own, serviceOf({ bucket: 'b', region: 's', endpointUrl: 'http://h:9001' }));
});

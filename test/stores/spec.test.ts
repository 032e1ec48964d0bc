// One address for one place, however it was spelled: two migrations on the same pair must meet at the same lock.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOf, type S3Spec } from '../../lib/stores/spec.ts';

const bucket = (endpointUrl?: string): S3Spec => ({
  ...{ type: 's3', bucket: 'pictures', prefix: 'cam1/', createOnly: 'native' },
  ...(endpointUrl === undefined ? {} : { endpointUrl }),
});

describe('the address of a bucket', () => {
  for (const endpointUrl of ['https://s3.eu-west-1.amazonaws.com', 'https://s3.amazonaws.com/', undefined]) {
    test(`at ${endpointUrl ?? 'no endpoint'} is AWS's own`, () => {
      assert.equal(addressOf(bucket(endpointUrl)), 's3://pictures/cam1/');
    });
  }

  test('elsewhere names the service', () => {
    assert.equal(addressOf(bucket('http://127.0.0.1:9000/')), 's3://pictures/cam1/ at http://127.0.0.1:9000');
    assert.notEqual(addressOf(bucket('https://amazonaws.com.example.org')), addressOf(bucket()));
  });
});

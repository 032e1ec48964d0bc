// Keys of an S3-compatible service out of Secrets Manager: what a store signs with, and what is said where there are none.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretKeys } from '../../lib/deployed/secrets.ts';
import { createStoreCache } from '../../lib/stores/store-cache.ts';
import { type AwsAnswer, scriptedAws } from '../support/scripted-aws.ts';
import { errorReply, scriptedS3 } from '../support/scripted-s3.ts';
import { signatureFault } from '../support/sigv4.ts';

const given = (...answers: readonly AwsAnswer[]) => {
  const { config, calls } = scriptedAws(...answers);
  return { keysOf: createSecretKeys(new SecretsManagerClient(config)), calls };
};
const holding = (content: unknown): AwsAnswer => ({
  body: { SecretString: typeof content === 'string' ? content : JSON.stringify(content) },
});
const KEYS = { accessKeyId: 'AKIAONE', secretAccessKey: 'one-never-shown' };

describe('the keys of a secret', () => {
  test('are read by its name, with a session where there is one; other fields are nobody’s business', async () => {
    const { keysOf, calls } = given(holding({ ...KEYS, note: 'minio' }), holding({ ...KEYS, sessionToken: 't' }));
    assert.deepEqual(await keysOf('picferry/minio'), KEYS);
    assert.deepEqual(await keysOf('picferry/minio'), { ...KEYS, sessionToken: 't' });
    assert.deepEqual(calls[0]?.body, { SecretId: 'picferry/minio' });
  });

  for (const [what, answer, expected] of [
    ['is no JSON', holding('AKIAONE one-never-shown'), /"minio" holds no keys: put \{"accessKeyId"/],
    ['lacks a field', holding({ accessKeyId: 'one-never-shown' }), /"minio" holds no keys/],
    ['holds something else', holding({ ...KEYS, secretAccessKey: 7 }), /"minio" holds no keys/],
    ['is binary', { body: { SecretBinary: 'b25l' } }, /"minio" holds no keys/],
    ['does not exist', { error: 'ResourceNotFoundException' }, /"minio" cannot be read.*create it in this region/],
    ['may not be read', { error: 'AccessDeniedException' }, /"minio" cannot be read.*deploy again/],
    ['cannot be decrypted', { error: 'DecryptionFailure' }, /"minio" cannot be read.*KMS/],
  ] as const) {
    test(`that ${what} are StoreRefused, by the secret's name and never its content`, async () => {
      await assert.rejects(given(answer).keysOf('minio'), (error: Error) => {
        assert.equal(error.name, 'StoreRefused');
        assert.match(error.message, expected);
        assert.doesNotMatch(String(error.stack) + String(error.cause), /never-shown|AKIAONE/);
        return true;
      });
    });
  }

  test('that cannot be had at the moment are StoreUnavailable: the step is tried again', async () => {
    await assert.rejects(given({ error: 'InternalServiceError', status: 500 }).keysOf('minio'), {
      name: 'StoreUnavailable',
    });
  });
});

describe('a store with a secret', () => {
  const spec = { type: 's3', bucket: 'pictures', prefix: '', region: 'us-east-1', secret: 'minio' } as const;

  test('signs with its keys, asked for once, and anew when the service no longer knows them', async () => {
    let asked = 0;
    let current = KEYS;
    await using s3 = await scriptedS3(({ headers }) =>
      headers.authorization?.includes(current.accessKeyId)
        ? { body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' }
        : errorReply(403, 'InvalidAccessKeyId'),
    );
    const stores = createStoreCache({
      keysOfSecret: async (name) => {
        assert.equal(name, 'minio');
        asked += 1;
        return current;
      },
    });
    const store = await stores.open({ ...spec, endpointUrl: s3.endpointUrl, createOnly: 'headFirst' }, 'source');
    const look = () => store.prefixesBelow('', 1);
    await look();
    await look();
    assert.equal(asked, 1);
    assert.equal(signatureFault(s3.seen[0]!, KEYS.secretAccessKey), undefined);
    current = { accessKeyId: 'AKIATWO', secretAccessKey: 'two' };
    await look();
    assert.equal(asked, 2);
    assert.equal(signatureFault(s3.seen.at(-1)!, 'two'), undefined);
    await stores.close();
  });

  test('says where such keys can be read, where they cannot', async () => {
    const stores = createStoreCache();
    const store = await stores.open({ ...spec, endpointUrl: 'http://127.0.0.1:9', createOnly: 'headFirst' }, 'source');
    await assert.rejects(store.prefixesBelow('', 1), /only be read when deployed/);
    await stores.close();
  });
});

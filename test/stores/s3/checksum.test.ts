// The checksums S3 keeps of whole objects: what does not match them is damaged, whatever its length.
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { wasOpened } from '../../../lib/stores/store.ts';
import { inTurn, type Reply, scriptedS3 } from '../../support/scripted-s3.ts';

/** Of the nine digits, as the catalogues of checksums have them. */
const DIGITS = '123456789';
const CHECKSUMS = {
  crc32: 'y/Q5Jg==',
  crc32c: '4waSgw==',
  crc64nvme: 'rosUhgp5mIg=',
  sha1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
  sha256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
};

const answer = (headers: Readonly<Record<string, string>>, body = DIGITS): Reply => ({
  headers: { etag: '"of-parts-2"', 'last-modified': 'Mon, 01 Jul 2024 11:00:00 GMT', ...headers },
  body,
});

const damageOf = async (reply: Reply): Promise<string | undefined> => {
  await using s3 = await scriptedS3(inTurn(reply));
  const guard = { size: DIGITS.length, listedAt: Date.now() };
  const opened = await (await s3.store()).read('a', guard, { tags: false });
  assert.ok(wasOpened(opened));
  await buffer(opened.body);
  assert.equal(s3.seen[0]?.headers['x-amz-checksum-mode'], 'ENABLED');
  return opened.damage?.();
};

describe('a checksum of the whole object', () => {
  for (const [name, value] of Object.entries(CHECKSUMS)) {
    test(`${name} agrees with what passed, or not`, async () => {
      const header = `x-amz-checksum-${name}`;
      for (const type of [{}, { 'x-amz-checksum-type': 'FULL_OBJECT' }] as Record<string, string>[]) {
        assert.equal(await damageOf(answer({ [header]: value, ...type })), undefined);
        const damage = await damageOf(answer({ [header]: value, ...type }, '123456788'));
        assert.match(damage ?? '', new RegExp(`^the ${name.toUpperCase()} of what arrived is .+ says `));
        assert.ok(damage?.endsWith(value));
      }
    });

    test(`${name} of parts says nothing of the whole`, async () => {
      for (const headers of [
        { [`x-amz-checksum-${name}`]: `${value}-2` },
        { [`x-amz-checksum-${name}`]: value, 'x-amz-checksum-type': 'COMPOSITE' },
      ])
        assert.equal(await damageOf(answer(headers, '123456788')), undefined);
    });
  }

  test('is compared where an ETag is encrypted, not where it is the MD5', async () => {
    const wrong = { 'x-amz-checksum-crc32': 'AAAAAA==', etag: '"25f9e794323b453885f5181f1b624d0b"' };
    assert.equal(await damageOf(answer(wrong)), undefined);
    assert.match((await damageOf(answer({ ...wrong, 'x-amz-server-side-encryption': 'aws:kms' }))) ?? '', /CRC32/);
  });
});

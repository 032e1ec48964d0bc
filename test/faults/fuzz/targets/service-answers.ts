// Fuzz target: what a service answers instead of a success, and the values it answers with.
import assert from 'node:assert/strict';
import { failureIn, isS3Failure, type S3Failure } from '../../../../lib/stores/s3/failure.ts';
import { successValue } from '../../../../lib/stores/s3/multipart.ts';
import { Repairs } from '../../../../lib/stores/s3/repairs.ts';
import { pictureFailure, storeError } from '../../../../lib/stores/s3/way-out.ts';
import { isRefusal } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

const CLIENT = { address: { bucket: 'pictures', region: 'us-east-1' } } as Parameters<typeof successValue>[0];

export const open: OpenTarget = () => ({
  words: [
    ...['<Error>', '</Error>', '<Code>', '</Code>', '<Message>', '<Region>', '</Region>', '<Region>eu-west-1</Region>'],
    ...[
      '<CopyObjectResult>',
      '</CopyObjectResult>',
      '<ETag>',
      '</ETag>',
      '<UploadId>',
      '</UploadId>',
      '<Code>toString</Code>',
    ],
    ...['<Code>NoSuchBucket</Code>', '<Code>RequestTimeTooSkewed</Code>', '<Code>__proto__</Code>', '&#13;&#10;'],
  ],
  check: (input) => {
    const xml = input.toString('utf8');
    for (const status of [200, 301, 400, 403, 404, 412, 500, 501]) {
      const failure = failureIn(xml, status, 'CopyObject', 'pictures');
      assert.ok(failure.message.length < 2_000);
      checkOutcome(failure);
      checkRepair(failure, xml);
    }
    for (const [root, element] of [
      ['CopyObjectResult', 'ETag'],
      [undefined, 'UploadId'],
    ] as const) {
      try {
        const value = successValue(CLIENT, 'CopyObject', { status: 200, headers: {}, body: input }, root, element);
        assert.ok(encodeURIComponent(value), 'a value can be sent back');
        assert.doesNotMatch(value, /native code/);
      } catch (error) {
        if (!isS3Failure(error)) throw error;
      }
    }
  },
});

/** One word as the reason, and a sentence; or the whole store is refused, by a code that is known. */
const checkOutcome = (failure: S3Failure): void => {
  try {
    const { reason, detail } = pictureFailure(failure, 'destination');
    assert.match(reason, /^[a-zA-Z]+$/);
    assert.doesNotMatch(detail, /native code/);
  } catch (error) {
    isRefusal(error, 'StoreRefused', 'StoreUnavailable');
    assert.match(failure.code, /^[A-Z][A-Za-z]+$/, 'only a known code concerns the whole store');
  }
  assert.doesNotMatch(storeError(failure).message, /native code/);
};

const checkRepair = (failure: S3Failure, text: string): void => {
  const own = { region: 'us-east-1', clock: Date.now() };
  const answers: readonly Record<string, string>[] = [{ date: text }, { 'x-amz-bucket-region': text }, {}];
  for (const headers of answers) {
    const repair = new Repairs().find({ failure, headers, text }, own);
    if (repair?.region !== undefined) assert.match(repair.region, /^[a-z0-9-]{1,64}$/, 'a region is one');
    if (repair?.serverClock !== undefined) {
      const later = new Date(repair.serverClock + 3_600_000);
      assert.match(later.toISOString(), /^\d{4}-/, 'the corrected clock goes on for a while');
    }
  }
};

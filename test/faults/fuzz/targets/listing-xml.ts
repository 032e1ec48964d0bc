// Fuzz target: a page of a listing as a service sends it. Nothing that stands in it is left out quietly.
import assert from 'node:assert/strict';
import { isWholePage, readPage } from '../../../../lib/stores/s3/page.ts';
import { rootOf } from '../../../../lib/stores/s3/xml.ts';
import { unlessRefused } from '../refusals.ts';
import type { OpenTarget } from '../target.ts';

export const open: OpenTarget = () => ({
  words: [
    ...[
      '<Contents>',
      '</Contents>',
      '<Key>',
      '</Key>',
      '<Key/>',
      '<Size>',
      '</Size>',
      '<IsTruncated>true</IsTruncated>',
    ],
    ...['<EncodingType>url</EncodingType>', '<NextContinuationToken>', '</ListBucketResult>', '<ListBucketResult>'],
    ...['<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>', '<Owner>', '</Owner>', '<RestoreStatus>', '&quot;'],
    ...['<?xml version="1.0"?>', '<Error><Code>SlowDown</Code></Error>', '&amp;', '&toString;', '<a b="c>d">', '</'],
  ],
  check: (input) => {
    const xml = input.toString('utf8');
    rootOf(xml);
    for (const prefix of ['', 'cam/']) {
      if (!isWholePage(xml)) continue;
      const page = unlessRefused(() => readPage(xml, prefix), 'UnreadablePage');
      if (page === undefined) continue;
      for (const { key, size, modifiedAt } of page.entries) {
        assert.ok(key.isWellFormed(), 'a key is text');
        assert.ok(Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0), `${size} is a size`);
        assert.ok(Number.isFinite(modifiedAt), 'a time is a time');
        assert.doesNotMatch(key, /native code/, 'no key comes from within');
      }
      assert.ok(page.commonPrefixes.every((one) => one.isWellFormed()));
      assert.ok(page.next === undefined || (page.next !== '' && page.next.isWellFormed()));
      assert.equal(page.entries.length, xml.split('<Contents>').length - 1, 'every entry is read');
    }
  },
});

// Fuzz target: the headers of a picture, which become the headers of its copy: everything arrives, nothing is smuggled in.
import assert from 'node:assert/strict';
import { factsOf, headersFor, httpDate, isNewerThanListing } from '../../../../lib/stores/s3/facts.ts';
import type { OpenTarget } from '../target.ts';

/** What may be sent on besides metadata. */
const SENT =
  /^(content-(type|encoding|disposition|language)|cache-control|expires|x-amz-website-redirect-location|x-amz-tagging|x-amz-meta-.*)$/s;

export const open: OpenTarget = () => ({
  words: [
    ...['x-amz-meta-', 'x-amz-meta-mtime: 1719835200.5', 'x-amz-acl: public-read', 'x-amz-meta-x-amz-acl: public-read'],
    ...['last-modified: Thu, 01 Jan 1970 00:00:00 GMT', 'last-modified: ', 'etag: "', 'content-encoding: aws-chunked'],
    ...[
      'x-amz-meta-__proto__: a',
      'x-amz-server-side-encryption: aws:kms',
      'authorization: secret',
      'mtime: -999999999999.9',
    ],
  ],
  check: (input) => {
    const given: [string, string][] = input
      .toString('latin1')
      .split('\n')
      .map((line) => line.split(/: ?(.*)/s))
      .map(([name = '', value = '']) => [name.toLowerCase(), value]);
    const headers = Object.fromEntries(given);
    const facts = factsOf(headers, 1);
    const metadata = Object.keys(headers).filter((name) => name.startsWith('x-amz-meta-'));
    assert.equal(Object.keys(facts.metadata).length, metadata.length, 'no metadata is lost');
    const time = facts.originalTime ?? facts.modifiedAt;
    assert.ok(Number.isNaN(time) || Math.abs(time) <= 8.64e15, 'a time is one');
    isNewerThanListing(facts, Date.now());
    if (!Number.isNaN(facts.modifiedAt)) httpDate(facts.modifiedAt);
    const sent = headersFor({ ...facts, tags: { 'a&b': 'c=d' } }, { tags: true });
    for (const [name, value] of Object.entries(sent)) {
      assert.match(name, SENT, 'only what describes the picture is sent on');
      assert.equal(typeof value, 'string');
      if (name.startsWith('x-amz-meta-') && name !== 'x-amz-meta-mtime') assert.equal(value, headers[name]);
    }
    for (const name of metadata) assert.ok(Object.hasOwn(sent, name), `${name} is sent on`);
  },
});

// Copies in parts that go wrong: each ends with its reason, and no upload is left behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { errorReply, errorXml } from '../../support/scripted-s3.ts';
import { ABORT, asked, COMPLETE, copying, etagOf, HEAD, named, type Special } from './copying-in-parts.ts';

describe('what goes wrong leaves no upload behind', () => {
  const part = 'PUT /new/a?partNumber=2&uploadId=up';
  const table: readonly (readonly [string, Special, string])[] = [
    ['a part whose source changed', { [part]: errorReply(412, 'PreconditionFailed') }, 'changedOnSource'],
    ['a part whose source is gone', { [part]: errorReply(404, 'NoSuchKey') }, 'goneFromSource'],
    ['a part that is denied', { [part]: errorReply(403, 'AccessDenied') }, 'accessDenied'],
    ['a part with an error inside its 200', { [part]: { body: errorXml('InternalError') } }, 'destinationUnavailable'],
    ['a part without an ETag', { [part]: { body: '<CopyPartResult/>' } }, 'destinationUnavailable'],
    [
      'a completion with an error inside its 200',
      { [COMPLETE]: { body: errorXml('InternalError') } },
      'destinationUnavailable',
    ],
    [
      'a completion that is refused its condition',
      { [COMPLETE]: errorReply(501, 'NotImplemented') },
      'conditionRefused',
    ],
    [
      'a completion that finds the picture there',
      { [COMPLETE]: errorReply(412, 'PreconditionFailed'), 'HEAD /new/a': HEAD },
      'alreadyThere',
    ],
    [
      'a completion that finds another picture there',
      {
        [COMPLETE]: errorReply(412, 'PreconditionFailed'),
        'HEAD /new/a': { headers: { ...HEAD.headers, 'content-length': '1' } },
      },
      'differentOnDestination',
    ],
  ];
  for (const [title, special, expected] of table) {
    test(`${title}: ${expected}`, async () => {
      const { outcome, seen } = await copying(special);
      assert.equal(named(outcome), expected);
      assert.equal(asked(seen).filter((request) => request === ABORT).length, 1);
    });
  }

  const before: readonly (readonly [string, Special, string])[] = [
    ['a source that is gone', { 'HEAD /old/a': { status: 404 } }, 'goneFromSource'],
    [
      'a source of another size',
      { 'HEAD /old/a': { headers: { ...HEAD.headers, 'content-length': '94' } } },
      'changedOnSource',
    ],
    ['a source that may not be read', { 'HEAD /old/a': { status: 403 } }, 'accessDenied'],
    ['tags that may not be read', { 'GET /old/a?tagging': errorReply(403, 'AccessDenied') }, 'tagsDenied'],
  ];
  for (const [title, special, expected] of before) {
    test(`${title}: ${expected}, and nothing is begun`, async () => {
      const { outcome, seen } = await copying(special);
      assert.equal(named(outcome), expected);
      assert.ok(!asked(seen).includes('POST /new/a?uploads'));
    });
  }

  const upload = { key: 'a', uploadId: 'up', partSizeBytes: 10, parts: ['x'] };
  const newer = { headers: { ...HEAD.headers, 'last-modified': 'Mon, 01 Jul 2024 11:30:00 GMT' } };
  const resumed: readonly (readonly [string, Special, Parameters<typeof copying>[1], string])[] = [
    ['a newer picture there', { 'HEAD /new/a': newer }, { action: 'replace', onlyIfNewer: true }, 'newerOnDestination'],
    ['a picture there by now', { 'HEAD /new/a': HEAD }, { createOnly: 'headFirst' }, 'alreadyThere'],
    [
      'a destination that may not be looked at',
      { 'HEAD /new/a': { status: 403 } },
      { action: 'replace' },
      'accessDenied',
    ],
  ];
  for (const [title, special, of, expected] of resumed) {
    test(`${title}: ${expected}, and what an earlier invocation began is given up`, async () => {
      const { outcome, seen } = await copying(special, { ...of, upload });
      assert.equal(named(outcome), expected);
      assert.equal(asked(seen).filter((request) => request === ABORT).length, 1);
    });
  }

  test('headFirst: looked at before and again before it is completed', async () => {
    let looks = 0;
    const there = () => (++looks === 1 ? { status: 404 } : HEAD);
    const { outcome, seen } = await copying({ 'HEAD /new/a': there }, { createOnly: 'headFirst' });
    assert.equal(named(outcome), 'alreadyThere');
    assert.ok(!asked(seen).includes(COMPLETE));
    assert.equal(asked(seen).at(-1), ABORT);
  });

  test('replacing asks for the version that was looked at', async () => {
    const there = { headers: { ...HEAD.headers, etag: '"was"', 'content-length': '1' } };
    const { outcome, seen } = await copying({ 'HEAD /new/a': there }, { action: 'replace' });
    assert.equal(named(outcome), 'replaced');
    assert.equal(seen.at(-1)?.headers['if-match'], '"was"');
  });

  test('a completion whose answer got lost is told by the ETag of the parts', async () => {
    const whole = createHash('md5').update(
      Buffer.from(Array.from({ length: 10 }, (_, i) => etagOf(i + 1)).join(''), 'hex'),
    );
    let completions = 0;
    const { outcome } = await copying({
      [COMPLETE]: () => (++completions === 1 ? { reset: true } : errorReply(404, 'NoSuchUpload')),
      'HEAD /new/a': { headers: { ...HEAD.headers, etag: `"${whole.digest('hex')}-10"` } },
    });
    assert.equal(named(outcome), 'copied');
  });
});

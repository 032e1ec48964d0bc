// Writing never overwrites: native stores decide themselves, others are looked at first.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorReply, inTurn, type Reply } from '../../support/scripted-s3.ts';
import { ABSENT, asked, HEAD, OK, WAS, writing } from './writing.ts';

describe('the guard', () => {
  test('native: the service decides at the moment of writing', async () => {
    const { result, seen } = await writing(inTurn(errorReply(412, 'PreconditionFailed')));
    assert.deepEqual(result, { outcome: 'occupied' });
    assert.deepEqual(asked(seen), ['PUT']);
  });

  test('headFirst: looked at before the body is read, no condition sent', async () => {
    const spec = { createOnly: 'headFirst' } as const;
    const occupied = await writing(inTurn(HEAD), { spec });
    assert.deepEqual(occupied.result, { outcome: 'occupied' });
    assert.deepEqual(asked(occupied.seen), ['HEAD']);
    const free = await writing(inTurn(ABSENT, OK), { spec });
    assert.deepEqual(free.result, { outcome: 'written' });
    assert.deepEqual(asked(free.seen), ['HEAD', 'PUT']);
    assert.equal(free.seen[1]?.headers['if-none-match'], undefined);
  });

  test('replace: only the very version that was read', async () => {
    const guard = { kind: 'replace', was: WAS } as const;
    const native = await writing(inTurn(OK), { guard });
    assert.deepEqual(native.result, { outcome: 'written' });
    assert.equal(native.seen[0]?.headers['if-match'], '"old"');
    for (const reply of [errorReply(412, 'PreconditionFailed'), errorReply(404, 'NoSuchKey')]) {
      assert.deepEqual((await writing(inTurn(reply), { guard })).result, { outcome: 'occupied' });
    }
  });

  test('replace on headFirst: looked at right before, and the condition sent too', async () => {
    const of = { guard: { kind: 'replace', was: WAS }, spec: { createOnly: 'headFirst' } } as const;
    const same = await writing(inTurn(HEAD, OK), of);
    assert.deepEqual(asked(same.seen), ['HEAD', 'PUT']);
    assert.equal(same.seen[1]?.headers['if-match'], '"old"');
    const other = { headers: { ...HEAD.headers, etag: '"other"' } };
    for (const reply of [other, ABSENT]) {
      const { result, seen } = await writing(inTurn(reply, OK), of);
      assert.deepEqual(result, { outcome: 'occupied' });
      assert.deepEqual(asked(seen), ['HEAD']);
    }
  });

  test('a service that refuses conditions fails the picture, with the way out', async () => {
    const { result } = await writing(inTurn(errorReply(501, 'NotImplemented')));
    assert.ok(result.outcome === 'failed');
    assert.equal(result.reason, 'conditionRefused');
    assert.match(result.detail ?? '', /"createOnly": "headFirst"/);
  });

  test('a service that is in conflict for good leaves the picture failed', async () => {
    const { result, seen } = await writing(inTurn(errorReply(409, 'ConditionalRequestConflict')));
    assert.equal(result.outcome === 'failed' && result.reason, 'destinationUnavailable');
    assert.equal(seen.length, 3);
  });

  const reasons: readonly (readonly [Reply, string])[] = [
    [errorReply(403, 'AccessDenied'), 'accessDenied'],
    [errorReply(400, 'KeyTooLongError'), 'nameTooLong'],
    [errorReply(400, 'XMinioInvalidObjectName'), 'keyNotAllowed'],
    [errorReply(400, 'MetadataTooLarge'), 'metadataNotAllowed'],
    [errorReply(400, 'BadDigest'), 'corrupted'],
    [errorReply(500, 'InternalError'), 'destinationUnavailable'],
    [errorReply(400, 'SomethingNew'), 'refused'],
  ];
  for (const [reply, reason] of reasons) {
    test(`${reply.status} ${/<Code>(\w+)/.exec(String(reply.body))?.[1]}: failed(${reason})`, async () => {
      const { result } = await writing(inTurn(reply));
      assert.equal(result.outcome === 'failed' && result.reason, reason);
    });
  }

  test('what concerns the whole store is no picture’s failure', async () => {
    await assert.rejects(writing(inTurn(errorReply(404, 'NoSuchBucket'))), { name: 'StoreRefused' });
    await assert.rejects(writing(inTurn(errorReply(403, 'InvalidAccessKeyId'))), { name: 'StoreRefused' });
  });
});

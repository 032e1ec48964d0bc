// Presigned links never promise more than the keys that sign them can keep.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPresignedLinks, type SigningKeys } from '../../lib/deployed/links.ts';
import { endOfPresigned } from '../support/presigned.ts';

const PATH = 'migrations/01hx/report.html';
const START = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;

const given = (lifeMs: number | undefined, linkSeconds = 3_600) => {
  let nowMs = START + 250;
  let asked = 0;
  const links = createPresignedLinks({
    bucket: 'reports',
    linkSeconds,
    now: () => nowMs,
    client: { region: 'eu-central-1' },
    keys: async (): Promise<SigningKeys> => ({
      accessKeyId: `AKIA${++asked}`,
      secretAccessKey: 'secret',
      ...(lifeMs === undefined ? {} : { sessionToken: 'token', expiration: new Date(nowMs + lifeMs) }),
    }),
  });
  return {
    links,
    asked: () => asked,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** Minutes from the start. */
    async end() {
      const { url, expiresAt } = await links.to(PATH);
      assert.equal(Date.parse(expiresAt), endOfPresigned(url));
      return (Date.parse(expiresAt) - START) / MINUTE;
    },
  };
};

describe('a presigned link', () => {
  test('lasts as long as was configured, where the keys do, or where nobody says when they end', async () => {
    assert.equal(await given(undefined).end(), 60);
    assert.equal(await given(12 * 60 * MINUTE).end(), 60);
    assert.equal(await given(undefined, 90).end(), 1.5);
  });

  test('ends with the keys that sign it, and says so', async () => {
    assert.equal(await given(10 * MINUTE).end(), 10);
  });

  test('is signed with new keys where the old ones no longer last long enough', async () => {
    const { asked, pass, end } = given(60 * MINUTE);
    assert.equal(await end(), 60);
    pass(5 * MINUTE);
    assert.equal(await end(), 60);
    assert.equal(asked(), 1);
    pass(5 * MINUTE);
    assert.equal(await end(), 70);
    assert.equal(asked(), 2);
  });

  test('does not ask for keys again and again where there are none that last longer', async () => {
    const { links, asked, pass, end } = given(10 * MINUTE);
    await Promise.all([links.to(PATH), links.to(PATH), links.to(PATH)]);
    assert.equal(asked(), 1);
    pass(30_000);
    assert.equal(await end(), 10);
    assert.equal(asked(), 1);
  });

  test('is not made with keys that have expired', async () => {
    await assert.rejects(given(-1_000).end(), /expired/);
  });

  test('opens that file alone, signed into it with the session and the answer’s headers', async () => {
    const { links } = given(60 * MINUTE);
    const { url } = await links.to('migrations/01hx/missing.jsonl.gz', { saveAs: 'missing.jsonl.gz' });
    const { protocol, hostname, pathname, searchParams } = new URL(url);
    assert.deepEqual([protocol, hostname], ['https:', 'reports.s3.eu-central-1.amazonaws.com']);
    assert.equal(pathname, '/migrations/01hx/missing.jsonl.gz');
    assert.equal(searchParams.get('X-Amz-Security-Token'), 'token');
    assert.equal(searchParams.get('X-Amz-SignedHeaders'), 'host');
    assert.equal(searchParams.get('response-content-type'), 'application/gzip');
    assert.ok(searchParams.get('X-Amz-Signature'));
    assert.deepEqual(
      [...searchParams.keys()].filter((name) => name.includes('checksum')),
      [],
    );
    assert.ok(!url.includes('secret'));
  });
});

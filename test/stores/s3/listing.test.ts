// Listing: what is whole and in order is taken as it is; anything else is an error, never a shorter list.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Entry } from '../../../lib/compare/entry.ts';
import { compareKeys } from '../../../lib/compare/key.ts';
import { EVERYTHING, type Range } from '../../../lib/compare/range.ts';
import type { S3Store } from '../../../lib/stores/s3/store.ts';
import { ODD_KEYS } from '../../support/odd-keys.ts';
import { errorReply, errorXml, inTurn, KEYS, type Reply, type Script, scriptedS3 } from '../../support/scripted-s3.ts';

const DATE = 'Mon, 01 Jul 2024 12:00:00 GMT';
const object = (key: string, more = ''): string =>
  `<Contents><Key>${key}</Key><LastModified>2024-07-01T11:00:00.000Z</LastModified><ETag>&quot;0cc175b9c0f1b6a831c399e269772661&quot;</ETag><Size>7</Size>${more}</Contents>`;
const page = (contents: string, tail = '<IsTruncated>false</IsTruncated>'): Reply => ({
  headers: { date: DATE },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${tail}${contents}</ListBucketResult>`,
});
const more = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;
const url = '<EncodingType>url</EncodingType>';

const listed = async (store: S3Store, range: Range = EVERYTHING): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for await (const { entries: found } of store.list(range)) entries.push(...found);
  return entries;
};

const listing = async (script: Script, range?: Range, prefix = ''): Promise<Entry[]> => {
  await using s3 = await scriptedS3(script);
  return await listed(await s3.store({ prefix }, { maxAttempts: 2 }), range);
};
const keysOf = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);

describe('a listing', () => {
  test('may be indented, as some services write it, with entries or without', async () => {
    const indented = (inner: string): Reply => ({
      body: `<?xml version="1.0"?>\n<ListBucketResult>\n  <IsTruncated>false</IsTruncated>\n${inner}</ListBucketResult>\n\n`,
    });
    const spaced = object('a.jpg').replaceAll('><', '>\n    <');
    assert.deepEqual(keysOf(await listing(inTurn(indented(`  ${spaced}\n`)))), ['a.jpg']);
    assert.deepEqual(await listing(inTurn(indented(''))), []);
  });

  test('tells key, size, time, ETag and the time of the server', async () => {
    await using s3 = await scriptedS3(inTurn(page(object('old/a.jpg'))));
    const store = await s3.store({ prefix: 'old/' });
    const pages = [];
    for await (const one of store.list(EVERYTHING)) pages.push(one);
    assert.deepEqual(pages, [
      {
        at: Date.parse(DATE),
        isLast: true,
        entries: [
          { key: 'a.jpg', size: 7, modifiedAt: Date.UTC(2024, 6, 1, 11), etag: '0cc175b9c0f1b6a831c399e269772661' },
        ],
      },
    ]);
  });

  test('asks behind the range and its prefix, and for what tells restored pictures', async () => {
    await using s3 = await scriptedS3(inTurn(page(object('old/b'), more('t+/=')), page(object('old/c'))));
    assert.deepEqual(keysOf(await listed(await s3.store({ prefix: 'old/' }), { after: 'a+ b', upTo: null })), [
      'b',
      'c',
    ]);
    const [first, second] = s3.seen;
    assert.equal(first?.query.get('prefix'), 'old/');
    assert.equal(first?.query.get('start-after'), 'old/a+ b');
    assert.equal(first?.query.get('encoding-type'), 'url');
    assert.equal(first?.headers['x-amz-optional-object-attributes'], 'RestoreStatus');
    assert.equal(second?.query.get('continuation-token'), 't+/=');
    assert.equal(second?.query.get('start-after'), null);
  });

  test('ends at the range without asking for more', async () => {
    await using s3 = await scriptedS3(inTurn(page(object('a') + object('b') + object('c'), more('t'))));
    assert.deepEqual(keysOf(await listed(await s3.store(), { after: '', upTo: 'b' })), ['a', 'b']);
    assert.equal(s3.seen.length, 1);
  });

  test('leaves out what a service sends that ignores start-after, and its own prefix as a folder marker', async () => {
    const script = inTurn(page(object('p/') + object('p/a'), more('t')), page(object('p/b') + object('p/c')));
    assert.deepEqual(keysOf(await listing(script, EVERYTHING, 'p/')), ['a', 'b', 'c']);
    assert.deepEqual(keysOf(await listing(script, { after: 'b', upTo: null }, 'p/')), ['c']);
  });

  test('begins early enough where a bound is no UTF-8', async () => {
    await using s3 = await scriptedS3(inTurn(page(object('x'))));
    await listed(await s3.store(), { after: 'cam\udc80/a', upTo: null });
    assert.equal(s3.seen[0]?.query.get('start-after'), 'cam\ud7ff');
  });

  test('knows archived pictures, restored ones and those being restored', async () => {
    const restore = (progress: boolean) =>
      `<RestoreStatus><IsRestoreInProgress>${progress}</IsRestoreInProgress>${progress ? '' : '<RestoreExpiryDate>2024-08-01T00:00:00Z</RestoreExpiryDate>'}</RestoreStatus>`;
    const classes = ['STANDARD', 'GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR', 'INTELLIGENT_TIERING'];
    const objects = classes.map((name, i) =>
      object(`k${i}`, `<Owner><ID>x</ID></Owner><StorageClass>${name}</StorageClass>`),
    );
    const restored = object('r0', `<StorageClass>GLACIER</StorageClass>${restore(false)}`);
    const underWay = object('r1', `${restore(true)}<StorageClass>GLACIER</StorageClass>`);
    const entries = await listing(inTurn(page(objects.join('') + restored + underWay)));
    assert.deepEqual(keysOf(entries.filter(({ archived }) => archived)), ['k1', 'k2', 'r1']);
  });

  test('takes odd keys as they are, encoded or not, whatever order the elements come in', async () => {
    const keys = [...ODD_KEYS].sort(compareKeys);
    const encoded = keys.map((key) => object(encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/')));
    assert.deepEqual(
      keysOf(await listing(inTurn(page(encoded.join(''), `<IsTruncated>false</IsTruncated>${url}`)))),
      keys,
    );
    const late = page(encoded.join('') + url);
    assert.deepEqual(keysOf(await listing(inTurn(late))), keys);
    const raw = keys.map((key) => object(key.replace(/[&<>\p{Cc}]/gu, (c) => `&#x${c.charCodeAt(0).toString(16)};`)));
    assert.deepEqual(keysOf(await listing(inTurn(page(raw.join(''))))), keys);
  });

  test('is over only when a full page that calls itself the last was asked what follows', async () => {
    const last = page(object('a.jpg'), '<MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated>');
    await using s3 = await scriptedS3(inTurn(last, page('')));
    const said: boolean[] = [];
    for await (const { isLast } of (await s3.store({ prefix: '' })).list(EVERYTHING)) said.push(isLast ?? false);
    assert.deepEqual(said, [false]);
    assert.equal(s3.seen.length, 2);
  });

  for (const [what, modified, isWhole] of [
    ['what arrived meanwhile', '2024-07-01T12:00:00.000Z', true],
    ['what was there before', '2024-07-01T11:59:59.000Z', false],
  ] as const) {
    test(`that ends with a full page is asked for more: ${what} ${isWhole ? 'says nothing' : 'is an error'}`, async () => {
      const last = page(object('a.jpg'), '<MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated>');
      const behind = page(object('b.jpg').replace('2024-07-01T11:00:00.000Z', modified));
      const entries = listing(inTurn(last, behind));
      if (isWhole) assert.deepEqual(keysOf(await entries), ['a.jpg']);
      else await assert.rejects(entries, { name: 'IncompleteListing', message: /"b.jpg" follows/ });
    });
  }

  test('of a thousand empty pages in a row goes on, of endless ones does not', async () => {
    const empties = Array.from({ length: 5 }, (_, i) => page('', more(`t${i}`)));
    assert.deepEqual(keysOf(await listing(inTurn(...empties, page(object('a'))))), ['a']);
    const endless: Script = (_request, number) => page('', more(`t${number}`));
    await assert.rejects(listing(endless), { name: 'IncompleteListing' });
  });
});

describe('a listing that cannot be trusted is an error', () => {
  const table: readonly (readonly [string, Script, string?])[] = [
    ['more is said to follow, but not how to go on', inTurn(page(object('a'), '<IsTruncated>true</IsTruncated>'))],
    ['it is not said whether more follows', inTurn(page(object('a'), ''))],
    ['the same token comes twice', (_, number) => page(object(`k${String(number).padStart(9, '0')}`), more('t'))],
    ['keys out of order', inTurn(page(object('b') + object('a')))],
    ['a key twice', inTurn(page(object('a') + object('a')))],
    ['order by UTF-16 instead of code points', inTurn(page(object('\u{1f4f7}') + object('\ue000')))],
    ['a page that begins again', inTurn(page(object('a') + object('b'), more('t')), page(object('b')))],
    ['the first page again', inTurn(page(object('a'), more('t')), page(object('a'), more('u')))],
    ['a key outside the prefix', inTurn(page(object('x/a'))), 'p/'],
    ['a body that ends too early', inTurn({ body: (page(object('a')).body as string).slice(0, -20) })],
    ['a body that ends between two entries', inTurn({ body: (page(object('a')).body as string).slice(0, -19) })],
    ['a body that is empty', inTurn({ body: '' })],
    ['another document', inTurn({ body: '<html><body>Sign in to the network</body></html>' })],
    [
      'an entry without a size',
      inTurn(page('<Contents><Key>a</Key><LastModified>2024-07-01T11:00:00Z</LastModified></Contents>')),
    ],
    ['an entry without a time', inTurn(page('<Contents><Key>a</Key><Size>1</Size></Contents>'))],
    ['a size that is no number', inTurn(page(object('a').replace('<Size>7', '<Size>7x')))],
    ['an encoding that is broken', inTurn(page(object('%E4'), `<IsTruncated>false</IsTruncated>${url}`))],
    ['bytes that are no UTF-8', inTurn({ body: Buffer.from(page(object('\u00e9')).body as string, 'latin1') })],
  ];
  for (const [title, script, prefix] of table) {
    test(title, async () => {
      await assert.rejects(listing(script, EVERYTHING, prefix), (error: Error) => {
        assert.equal(error.name, 'IncompleteListing');
        assert.match(error.message, /"pictures"/);
        return true;
      });
    });
  }
});

describe('a listing that is refused or broken off', () => {
  const refused: readonly (readonly [string, Reply, RegExp])[] = [
    [
      'unknown bucket',
      errorReply(404, 'NoSuchBucket'),
      /ListObjectsV2 in bucket "pictures" failed: 404 NoSuchBucket .*name, region and endpoint/,
    ],
    ['no permission', errorReply(403, 'AccessDenied'), /s3:ListBucket/],
    ['wrong keys', errorReply(403, 'SignatureDoesNotMatch'), /check the credentials/],
    ['anything that no repeat mends', errorReply(400, 'InvalidArgument'), /400 InvalidArgument/],
  ];
  for (const [title, reply, message] of refused) {
    test(`${title}: StoreRefused, at once, naming the bucket and no secret`, async () => {
      await using s3 = await scriptedS3(inTurn(reply));
      await assert.rejects(listed(await s3.store()), (error: Error) => {
        assert.equal(error.name, 'StoreRefused');
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, new RegExp(KEYS.secretAccessKey));
        return true;
      });
      assert.equal(s3.seen.length, 1);
    });
  }

  test('goes on after a connection that broke in the middle of a page', async () => {
    const second = page(object('b') + object('c'));
    const script = inTurn(page(object('a'), more('t')), { ...second, cutAfter: 150 }, { reset: true }, second);
    assert.deepEqual(keysOf(await listing(script).catch(() => [])), []);
    await using s3 = await scriptedS3(script);
    assert.deepEqual(keysOf(await listed(await s3.store())), ['a', 'b', 'c']);
  });

  test('is StoreUnavailable once all attempts are used up', async () => {
    for (const reply of [errorReply(503, 'SlowDown'), { reset: true }, { body: errorXml('InternalError') }]) {
      await using s3 = await scriptedS3(inTurn(page(object('a'), more('t')), reply));
      await assert.rejects(listed(await s3.store({}, { maxAttempts: 3 })), {
        name: 'StoreUnavailable',
        message: /after 3 attempts/,
      });
      assert.equal(s3.seen.length, 4);
    }
  });
});

describe('prefixes below', () => {
  const common = (...prefixes: string[]) =>
    prefixes.map((p) => `<CommonPrefixes><Prefix>${p}</Prefix></CommonPrefixes>`).join('');

  test('are the whole names, page after page, loose pictures left alone', async () => {
    await using s3 = await scriptedS3(
      inTurn(page(object('s/a/1.jpg') + common('s/a/b/', 's/a/c/'), more('t')), page(common('s/a/d%2B/') + url)),
    );
    const store = await s3.store({ prefix: 's/' });
    assert.deepEqual(await store.prefixesBelow('a/', 20), { prefixes: ['a/b/', 'a/c/', 'a/d+/'], requests: 2 });
    assert.equal(s3.seen[0]?.query.get('prefix'), 's/a/');
    assert.equal(s3.seen[0]?.query.get('delimiter'), '/');
  });

  test('have their names decoded once, however they were sent', async () => {
    for (const [tail, sent] of [
      ['', 'a&amp;amp;b+%41/'],
      [url, 'a%26amp%3Bb%2B%2541/'],
    ]) {
      await using s3 = await scriptedS3(() => page(common(sent!), `${tail}<IsTruncated>false</IsTruncated>`));
      assert.deepEqual((await (await s3.store()).prefixesBelow('', 1)).prefixes, ['a&amp;b+%41/']);
    }
  });

  test('stop where the requests are used up', async () => {
    await using s3 = await scriptedS3((_request, number) => page(common(`p${number}/`), more(`t${number}`)));
    const store = await s3.store();
    assert.deepEqual(await store.prefixesBelow('', 2), { prefixes: ['p0/', 'p1/'], requests: 2 });
    assert.deepEqual(await store.prefixesBelow('', 0), { prefixes: [], requests: 0 });
  });

  test('are looked for while pages bring folders, and given up where they bring pictures', async () => {
    const loose = (number: number): string => [1, 2, 3].map((i) => object(`p${number}-${i}.jpg`)).join('');
    const folders = (number: number): string => common(`p${number}/`, `p${number}0/`);
    for (const [pages, requests] of [
      [[loose, loose, folders], 2],
      [[folders, folders, loose, folders, loose, folders], 5],
      [[folders, folders, folders, folders, folders], 5],
    ] as const) {
      await using s3 = await scriptedS3((_request, number) =>
        page(pages[number]!(number), number + 1 < pages.length ? more(`t${number}`) : undefined),
      );
      const store = await s3.store();
      const asked = pages.slice(0, requests);
      const prefixes = asked.flatMap((brings, i) => (brings === folders ? [`p${i}/`, `p${i}0/`] : []));
      assert.deepEqual(await store.prefixesBelow('', 100), { prefixes, requests });
    }
  });
});

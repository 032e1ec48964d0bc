// Metadata that tries to become something else: it arrives as it was, byte for byte, or its picture is named with the reason.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../support/embedded-migration.ts';
import { proved, type Stores } from '../ledger.ts';
import { proveNothingLost, proveRerunCompletes, snapshotOf } from '../proof.ts';
import { givenWorld } from '../world.ts';

const HOW =
  'objects carry metadata called like headers and like parts of the language, bytes that are no text, 8 KB of it, times of another age, tags that look like more tags, content types with spaces and markup';

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

interface Carried {
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

const CASES: readonly (readonly [what: string, carried: Carried])[] = [
  [
    'names of headers',
    {
      headers: {
        'x-amz-meta-x-amz-acl': 'public-read',
        'x-amz-meta-authorization': 'AWS4 x',
        'x-amz-meta-host': 'evil',
      },
    },
  ],
  [
    'names of the language',
    { headers: { 'x-amz-meta-__proto__': 'a', 'x-amz-meta-constructor': 'b', 'x-amz-meta-tostring': 'c' } },
  ],
  ['bytes that are no UTF-8', { headers: { 'x-amz-meta-a': '\xe9\x80\xff' } }],
  ['text in UTF-8', { headers: { 'x-amz-meta-a': utf8('Zürich \u{1f4f7}') } }],
  [
    'what would end a header, encoded',
    { headers: { 'x-amz-meta-a': '%0d%0ax-amz-acl: public-read', 'x-amz-meta-b': '\\r\\nx: y' } },
  ],
  ['a tab and quotes', { headers: { 'x-amz-meta-a': 'a\tb"c\'d', 'content-type': 'image/jpeg; a="b"' } }],
  ['8 KB of it', { headers: { 'x-amz-meta-a': 'a'.repeat(8_000) } }],
  ['a time before all pictures', { headers: { 'x-amz-meta-mtime': '-99999999999' } }],
  ['a time after all pictures', { headers: { 'x-amz-meta-mtime': '999999999999.999999' } }],
  ['a time that is none', { headers: { 'x-amz-meta-mtime': '__proto__' } }],
  [
    'a type with markup',
    { headers: { 'content-type': 'text/html,<script>alert(1)</script>', 'cache-control': '"\'<>' } },
  ],
  ['tags that look like more tags', { tags: { 'a&b=c': 'd&e=f', __proto_: 'x', '+ %': '+ %' } }],
  [
    'tags called as parts of the language',
    {
      tags: Object.fromEntries([
        ['constructor', 'a'],
        ['__proto__', 'b'],
      ]),
    },
  ],
];

const ABOUT = /^(x-amz-meta-.*|content-type|content-disposition|cache-control)$/;
const about = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => ABOUT.test(name)));

const CELLS: readonly Stores[] = ['S3 → another S3', 'S3 → S3', 'S3 → folder'];

for (const stores of CELLS) {
  describe(stores, () => {
    test('metadata that means harm', async (t) => {
      const world = await givenWorld(t, { stores });
      const { source, destination } = world;
      for (const [what, { headers = {}, tags = {} }] of CASES)
        await source.put(`cam1/${what}.jpg`, what, { headers, tags });
      const before = await snapshotOf(world);
      const host = await world.host();
      const { id, report } = await run(host, world.request());
      assert.equal(report.status, 'done', report.message);
      await proveNothingLost({ world, before, host, id });
      assert.deepEqual(report.reasons, {});
      assert.equal(report.outcomes.copied.count, CASES.length);
      for (const [what, { tags = {} }] of CASES) {
        const key = `${source.spec.type === 's3' ? source.spec.prefix : ''}cam1/${what}.jpg`;
        const was = source.bucket?.objects.get(key);
        const is = destination.bucket?.objects.get(key);
        if (!destination.bucket) continue;
        assert.ok(was && is, key);
        const { 'x-amz-meta-mtime': _added, ...arrived } = about(is.headers);
        const { 'x-amz-meta-mtime': mtime, ...sent } = about(was.headers);
        assert.deepEqual(Object.entries(arrived).sort(), Object.entries(sent).sort(), what);
        if (mtime !== undefined) assert.equal(is.headers['x-amz-meta-mtime'], mtime);
        assert.deepEqual(Object.entries(is.tags).sort(), Object.entries(tags).sort(), what);
        // The prefix makes metadata of it, whatever it is called.
        assert.ok(
          Object.keys(is.headers).every((name) => ABOUT.test(name)),
          what,
        );
      }
      const sent = destination.service?.seen.flatMap((one) => (one.method === 'PUT' ? Object.keys(one.headers) : []));
      assert.deepEqual(sent?.filter((name) => /^x-amz-(acl|grant|server-side)|^x$/.test(name)) ?? [], []);
      await host.close();
      await proveRerunCompletes({ world, before });
      proved({ fault: 'metadata that smuggles headers', how: HOW, stores, where: 'embedded', cases: CASES.length });
    });
  });
}

// picferry.json is read as it stands, or refused with the field named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { UsageError } from '../../lib/stores/address.ts';
import { readPicferryJson, readPrices } from '../../lib/stores/picferry-json.ts';
import { LIST_PRICES } from '../../lib/stores/prices.ts';
import { scratchFolder } from '../support/scratch.ts';

test('no file: no names', async (t) => {
  assert.deepEqual(await readPicferryJson(await scratchFolder(t)), { stores: {} });
});

test('stores are read as they stand', async (t) => {
  const cwd = await scratchFolder(t);
  const stores = {
    old: { bucket: 'old-bucket', prefix: 'a/', region: 'eu-west-1' },
    new: { bucket: 'b', endpointUrl: 'https://s3.example.com:9000', profile: 'customer', createOnly: 'headFirst' },
    far: { bucket: 'c', role: 'arn:aws:iam::123456789012:role/picferry' },
    keys: { bucket: 'd', endpointUrl: 'http://minio', secret: 'minio/keys_+=.@-1' },
    field: { folder: '/var/pictures' },
  };
  await writeFile(join(cwd, 'picferry.json'), `\ufeff${JSON.stringify({ stores })}`);
  assert.deepEqual(await readPicferryJson(cwd), { stores });
  await writeFile(join(cwd, 'picferry.json'), '{}');
  assert.deepEqual(await readPicferryJson(cwd), { stores: {} });
});

test('prices are taken instead of the table’s, one by one', async (t) => {
  const cwd = await scratchFolder(t);
  assert.equal(await readPrices(cwd), LIST_PRICES);
  const prices = { readPerThousand: 1, classes: { STANDARD: { writePerThousand: 2 } }, elsewhere: { outPerGb: 3 } };
  await writeFile(join(cwd, 'picferry.json'), JSON.stringify({ prices }));
  assert.deepEqual(await readPrices(cwd), {
    ...LIST_PRICES,
    readPerThousand: 1,
    classes: { ...LIST_PRICES.classes, STANDARD: { ...LIST_PRICES.classes.STANDARD, writePerThousand: 2 } },
    elsewhere: { ...LIST_PRICES.elsewhere, outPerGb: 3 },
  });
});

describe('a file that cannot be used is an error that names the file and the field', () => {
  const cases: [what: string, text: string, message: RegExp][] = [
    ['broken JSON', '{"stores": {', /not valid JSON/],
    ['an unknown field', '{"stores": {"old": {"bucket": "b", "regoin": "x"}}}', /stores\.old: .*regoin/],
    [
      'an unknown field of a folder',
      '{"stores": {"field": {"folder": "/x", "prefix": "y"}}}',
      /stores\.field: .*prefix/,
    ],
    ['an unknown field beside stores', '{"store": {}}', /the file: .*store/],
    ['a store without a bucket', '{"stores": {"old": {"prefix": "x"}}}', /stores\.old\.bucket/],
    ['an empty bucket', '{"stores": {"old": {"bucket": ""}}}', /stores\.old\.bucket/],
    ['a store that is no object', '{"stores": {"old": "s3://bucket"}}', /stores\.old/],
    ['another createOnly', '{"stores": {"old": {"bucket": "b", "createOnly": "maybe"}}}', /stores\.old\.createOnly/],
    [
      'an endpoint without scheme',
      '{"stores": {"old": {"bucket": "b", "endpointUrl": "minio:9000"}}}',
      /stores\.old\.endpointUrl/,
    ],
    [
      'a role and a secret',
      '{"stores": {"old": {"bucket": "b", "role": "arn:x", "secret": "y"}}}',
      /stores\.old: .*both/,
    ],
    ...['*', 'a?', 'a:b', 'a\n', 'ü', '', 'arn:aws:secretsmanager:eu-west-1:1:secret:a', 'x'.repeat(513)].map(
      (secret): [string, string, RegExp] => [
        `a secret called ${JSON.stringify(secret)}`,
        JSON.stringify({ stores: { old: { bucket: 'b', secret } } }),
        /stores\.old\.secret: must be the name/,
      ],
    ),
    ['a name that would be a folder', '{"stores": {"a/b": {"bucket": "b"}}}', /a\/b: is no name/],
    ['a misspelt price', '{"prices": {"readPerMillion": 1}}', /prices.*readPerMillion/],
    [
      'a price that is none',
      '{"prices": {"classes": {"STANDARD": {"writePerThousand": -1}}}}',
      /prices\.classes\.STANDARD\.writePerThousand/,
    ],
    ['a class that is none', '{"prices": {"classes": {"cold!": {}}}}', /cold!: is no storage class/],
    ['a list', '[]', /the file/],
  ];
  for (const [what, text, message] of cases)
    test(what, async (t) => {
      const cwd = await scratchFolder(t);
      await writeFile(join(cwd, 'picferry.json'), text);
      await assert.rejects(readPicferryJson(cwd), (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.ok(error.message.includes(join(cwd, 'picferry.json')), error.message);
        assert.match(error.message, message);
        return true;
      });
    });

  test('a file that cannot be read', async (t) => {
    const cwd = await scratchFolder(t);
    await mkdir(join(cwd, 'picferry.json'));
    await assert.rejects(readPicferryJson(cwd), /cannot be read/);
  });
});

describe('a picferry.json that is no such file', () => {
  test('a pipe is not waited for', { skip: process.platform === 'win32' && 'there are none' }, async (t) => {
    const cwd = await scratchFolder(t);
    execFileSync('mkfifo', [join(cwd, 'picferry.json')]);
    await assert.rejects(readPicferryJson(cwd), /cannot be read: it is no file/);
  });

  test('one of 100 MB is not read', async (t) => {
    const cwd = await scratchFolder(t);
    await writeFile(join(cwd, 'picferry.json'), '{}');
    await truncate(join(cwd, 'picferry.json'), 100 * 1024 * 1024);
    await assert.rejects(readPicferryJson(cwd), /larger than 1024 KiB/);
  });

  test('bytes that are no UTF-8 are refused: they would name another folder', async (t) => {
    const cwd = await scratchFolder(t);
    await writeFile(join(cwd, 'picferry.json'), Buffer.from('{"stores":{"a":{"folder":"/caf\xe9"}}}', 'latin1'));
    await assert.rejects(readPicferryJson(cwd), /not UTF-8/);
  });
});

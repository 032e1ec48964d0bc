// Context values: their defaults, and the ones that would make a deployment unsafe.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deployable, readDeployedStores, storesAsText } from '../../lib/infra/deployed-stores.ts';
import { readSettings } from '../../lib/infra/settings.ts';

const settingsOf = (context: Record<string, unknown>) => readSettings((name) => context[name]);

describe('context values', () => {
  test('have the defaults of the design', () => {
    const { lambdaTimeoutSeconds, leaseSeconds, listConcurrency, copyConcurrency, tlsOnly } = settingsOf({});
    assert.deepEqual(
      { lambdaTimeoutSeconds, leaseSeconds, listConcurrency, copyConcurrency, tlsOnly },
      { lambdaTimeoutSeconds: 900, leaseSeconds: 1_200, listConcurrency: 50, copyConcurrency: 50, tlsOnly: true },
    );
  });

  test('may come as text from the command line or as JSON from cdk.json', () => {
    assert.equal(settingsOf({ listConcurrency: '7', tlsOnly: 'false' }).listConcurrency, 7);
    assert.equal(settingsOf({ listConcurrency: 7, tlsOnly: false }).tlsOnly, false);
  });

  const REFUSED: [string, Record<string, unknown>, RegExp][] = [
    ['a lease as long as the longest Lambda', { leaseSeconds: '900' }, /leaseSeconds: must be longer/],
    ['a lease shorter than a shortened Lambda', { leaseSeconds: 5, lambdaTimeoutSeconds: 10 }, /leaseSeconds/],
    ['handing on before having begun', { handOnSeconds: 60, lambdaTimeoutSeconds: 60 }, /handOnSeconds/],
    [
      'a Lambda longer than Lambda allows',
      { lambdaTimeoutSeconds: '901', leaseSeconds: '2000' },
      /lambdaTimeoutSeconds/,
    ],
    ['fewer Lambdas for List than one migration asks for', { listReservedConcurrency: 49 }, /listReservedConcurrency/],
    ['fewer for Copy', { copyConcurrency: 20, copyReservedConcurrency: '19' }, /copyReservedConcurrency/],
    ['links that outlive the role that signs them', { linkSeconds: 3_601 }, /linkSeconds/],
    ['logs for as long as CloudWatch keeps none', { logDays: 100 }, /logDays: must be one of 1, 3, 5/],
    ['an address that is none', { notifyEmail: 'somebody' }, /notifyEmail/],
    ['a switch that is neither true nor false', { tlsOnly: 'no' }, /tlsOnly/],
  ];
  for (const [what, context, message] of REFUSED) {
    test(`refuse ${what}`, () => assert.throws(() => settingsOf(context), message));
  }
});

describe("a deployment's stores", () => {
  test('are the buckets of picferry.json, without profiles, their prefixes ending in a slash', () => {
    const stores = deployable({
      old: { bucket: 'old', prefix: 'cam1', profile: 'me' },
      new: { bucket: 'new', role: 'arn:aws:iam::111122223333:role/pictures' },
      field: { folder: '/var/pictures' },
    });
    assert.deepEqual(stores, {
      old: { bucket: 'old', prefix: 'cam1/' },
      new: { bucket: 'new', prefix: '', role: 'arn:aws:iam::111122223333:role/pictures' },
    });
  });

  test('are none where nobody names a folder and there is no picferry.json', async () => {
    assert.deepEqual(await readDeployedStores(undefined), {});
  });

  test('are never none because of a misspelt folder', async () => {
    await assert.rejects(readDeployedStores('/missing'), {
      name: 'SynthesisRefused',
      message: /^There is no \/missing\/picferry\.json\. -c config=DIR names the folder/,
    });
  });

  test('in a file that cannot be used are refused, naming the field', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'picferry-stores-'));
    try {
      await writeFile(join(folder, 'picferry.json'), '{"stores": {"old": {"bukket": "old"}}}');
      await assert.rejects(readDeployedStores(folder), { name: 'SynthesisRefused', message: /stores\.old.*bukket/ });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('more than fit into a function are refused, saying how to go on', () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`store${i}`, { bucket: `pictures-of-client-${i}`, prefix: '' }]),
    );
    assert.throws(() => storesAsText(many), /names 100 stores .* second stack/);
  });
});

// What is left out of the bundles is missed by nobody: a trimmed S3 store works, with a Lambda's own keys and with a role.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EVERYTHING } from '../../lib/compare/range.ts';
import { bundleOne } from '../../lib/infra/bundle.ts';
import type { openStore } from '../../lib/stores/open-store.ts';
import { Pace } from '../../lib/stores/pace.ts';
import type { S3Spec } from '../../lib/stores/spec.ts';
import { PLENTY, type Script, scriptedS3 } from '../support/scripted-s3.ts';

const ROLE = 'arn:aws:iam::111122223333:role/pictures';
/** What Lambda puts into every function's environment. */
const LAMBDA = {
  AWS_ACCESS_KEY_ID: 'AKIALAMBDA',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_REGION: 'eu-west-1',
};

const service: Script = ({ body }) =>
  String(body).includes('Action=AssumeRole')
    ? {
        body: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
          <AccessKeyId>AKIAROLE</AccessKeyId><SecretAccessKey>other</SecretAccessKey><SessionToken>t</SessionToken>
          <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
      }
    : {
        headers: { date: 'Mon, 01 Jul 2024 12:00:00 GMT' },
        body: `<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a.jpg</Key><Size>7</Size>
          <LastModified>2024-07-01T11:00:00.000Z</LastModified><ETag>"x"</ETag></Contents></ListBucketResult>`,
      };

let folder: string;
let trimmed: { openStore: typeof openStore };
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picferry-trim-'));
  const entry = join(folder, 'entry.ts');
  const target = fileURLToPath(new URL('../../lib/stores/open-store.ts', import.meta.url));
  await writeFile(entry, `export { openStore } from ${JSON.stringify(target)};`);
  await bundleOne(entry, join(folder, 'bundle'));
  trimmed = (await import(pathToFileURL(join(folder, 'bundle/index.mjs')).href)) as typeof trimmed;
});
after(() => rm(folder, { recursive: true, force: true }));

describe('a store in a bundle', () => {
  const CASES: [string, Partial<S3Spec>, string][] = [
    ["lists with the function's own keys", {}, 'AKIALAMBDA'],
    ['lists with the keys of a role in another account', { role: ROLE }, 'AKIAROLE'],
  ];
  for (const [what, more, key] of CASES) {
    test(what, async () => {
      await using s3 = await scriptedS3(service);
      const { endpointUrl } = s3;
      Object.assign(process.env, LAMBDA, { AWS_ENDPOINT_URL_STS: endpointUrl });
      const spec: S3Spec = {
        type: 's3',
        bucket: 'pictures',
        prefix: '',
        endpointUrl,
        createOnly: 'headFirst',
        ...more,
      };
      const store = await trimmed.openStore(spec, { side: 'source' });
      const keys: string[] = [];
      for await (const { entries } of store.list(EVERYTHING)) keys.push(...entries.map((entry) => entry.key));
      await store.close();
      assert.deepEqual(keys, ['a.jpg']);
      const [asked, listed] = more.role ? s3.seen : [undefined, ...s3.seen];
      assert.match(listed?.headers.authorization ?? '', new RegExp(`Credential=${key}/`));
      assert.equal(asked === undefined, more.role === undefined);
      if (asked) {
        assert.match(asked.headers.authorization ?? '', /Credential=AKIALAMBDA\//);
        assert.match(String(asked.body), new RegExp(`RoleArn=${encodeURIComponent(ROLE)}`));
      }
    });
  }

  test('sends a picture at the speed that is allowed', async () => {
    await using s3 = await scriptedS3(() => ({ headers: { etag: '"x"' } }));
    const { endpointUrl } = s3;
    const content = Buffer.alloc(150_000, 'pictures ');
    const waited: number[] = [];
    const wait = async (ms: number) => void waited.push(ms);
    const pace = new Pace({ wait, now: () => waited.reduce((sum, ms) => sum + ms, 0) });
    pace.limit({ bytesPerSecond: 100_000 });
    const spec: S3Spec = { type: 's3', bucket: 'pictures', prefix: '', endpointUrl, createOnly: 'native' };
    const store = await trimmed.openStore(spec, { side: 'destination', pace });
    const facts = { size: content.length, modifiedAt: 1_719_835_200_000, metadata: {} };
    const picture = { facts, body: Readable.from([content]), unchanged: async () => true };
    const result = await store.write('a', picture, { kind: 'create' }, { tags: true }, PLENTY);
    await store.close();
    assert.deepEqual(result, { outcome: 'written' });
    assert.ok(s3.seen[0]?.body.equals(content));
    assert.ok(waited.length > 0);
  });
});

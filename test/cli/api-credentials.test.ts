// What an API is shown, and that nobody else ever gets to see it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createApiClient } from '../../lib/cli/api-client.ts';
import { chooseCredentials, credentialsFor } from '../../lib/cli/api-credentials.ts';
import { scratchFolder } from '../support/scratch.ts';
import { KEYS, scriptedS3 } from '../support/scripted-s3.ts';
import { signatureFault } from '../support/sigv4.ts';

const SERVE = { url: 'http://127.0.0.1:8080', token: 'of-serve', path: '/state/serve.json' };

describe('the choice', () => {
  type Expected = `token ${string}` | `signature ${string}`;
  const TABLE: readonly (readonly [what: string, url: string, serve: boolean, token: string, is: Expected])[] = [
    ['serve.json of that URL', 'http://127.0.0.1:8080', true, '', 'token of-serve to http://127.0.0.1:8080/'],
    [
      'serve.json before PICFERRY_TOKEN',
      'http://127.0.0.1:8080/',
      true,
      'own',
      'token of-serve to http://127.0.0.1:8080/',
    ],
    ['localhost is where serve listens', 'http://localhost:8080', true, '', 'token of-serve to http://127.0.0.1:8080/'],
    ['another port: PICFERRY_TOKEN', 'http://127.0.0.1:8081', true, 'own', 'token own to http://127.0.0.1:8081/'],
    ['another path: PICFERRY_TOKEN', 'http://127.0.0.1:8080/x', true, 'own', 'token own to http://127.0.0.1:8080/x'],
    ['localhost: PICFERRY_TOKEN', 'https://localhost:8443', false, 'own', 'token own to https://localhost:8443/'],
    ['another host: no token', 'https://pics.example.org:8080', true, 'own', 'signature undefined'],
    ['a name that begins like this machine', 'https://127.0.0.1.example.org', true, 'own', 'signature undefined'],
    ['another scheme: no token', 'https://127.0.0.1:8080', true, '', 'signature undefined'],
    [
      'a deployment: a signature for the region in its name',
      'https://a.execute-api.eu-central-1.amazonaws.com',
      true,
      '',
      'signature eu-central-1',
    ],
    [
      'a deployment never sees a token',
      'https://a.execute-api.us-gov-west-1.amazonaws.com',
      true,
      'own',
      'signature us-gov-west-1',
    ],
    ['one in China', 'https://a.execute-api.cn-north-1.amazonaws.com.cn', false, '', 'signature cn-north-1'],
    [
      'one behind a VPC endpoint',
      'https://vpce-1-a.execute-api.eu-west-1.vpce.amazonaws.com',
      false,
      '',
      'signature eu-west-1',
    ],
    [
      'a name that only looks like one',
      'https://a.execute-api.eu-west-1.amazonaws.com.example.org',
      false,
      'own',
      'signature undefined',
    ],
    ['a domain of its own without a token: a signature', 'https://pics.example.org', false, '', 'signature undefined'],
  ];
  for (const [what, url, serve, PICFERRY_TOKEN, is] of TABLE) {
    test(what, () => {
      const choice = chooseCredentials(new URL(url), serve ? SERVE : undefined, { PICFERRY_TOKEN });
      const text =
        choice.kind === 'token' ? `token ${choice.token} to ${choice.url.href}` : `signature ${choice.region}`;
      assert.equal(text, is);
    });
  }
});

test("serve's token is not sent to another host, whatever serve.json says", () => {
  const url = 'https://pics.example.org';
  assert.equal(chooseCredentials(new URL(url), { ...SERVE, url }, {}).kind, 'signature');
});

describe('what is sent', () => {
  const saved = { ...process.env };
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
  });
  afterEach(() => {
    process.env = { ...saved };
  });

  test("serve's token, found in its state folder", async (t) => {
    const stateDir = await scratchFolder(t);
    await using api = await scriptedS3(() => ({ body: '{}' }));
    await writeFile(
      join(stateDir, 'serve.json'),
      JSON.stringify({ url: api.endpointUrl, token: 'of-serve', pid: process.pid }),
    );
    const credentials = await credentialsFor(new URL(api.endpointUrl), { stateDir, env: {} });
    await createApiClient(credentials)({ method: 'GET', path: '/migrations' });
    assert.equal(api.seen[0]?.headers.authorization, 'Bearer of-serve');
    assert.match(credentials.describe(), /serve\.json/);
    assert.doesNotMatch(credentials.describe() + credentials.wayOut, /of-serve/);
  });

  test('not the token of a serve that has died: another program may have got its port', async (t) => {
    const stateDir = await scratchFolder(t);
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await using api = await scriptedS3(() => ({ body: '{}' }));
    for (const pid of [dead.pid, undefined, -1, 0, 1.5, '1']) {
      await writeFile(join(stateDir, 'serve.json'), JSON.stringify({ url: api.endpointUrl, token: 'of-serve', pid }));
      const env = { PICFERRY_TOKEN: 'own' };
      await createApiClient(await credentialsFor(new URL(api.endpointUrl), { stateDir, env }))({
        method: 'GET',
        path: '/migrations',
      });
      assert.equal(api.seen.at(-1)?.headers.authorization, 'Bearer own', `pid ${pid}`);
    }
  });

  test("the token of a serve that is another user's process", async (t) => {
    const stateDir = await scratchFolder(t);
    const url = 'http://127.0.0.1:8080';
    await writeFile(join(stateDir, 'serve.json'), JSON.stringify({ url, token: 'of-serve', pid: 7 }));
    t.mock.method(process, 'kill', () => {
      throw Object.assign(new Error('not yours'), { code: 'EPERM' });
    });
    assert.match((await credentialsFor(new URL(url), { stateDir, env: {} })).describe(), /serve\.json/);
  });

  test('a serve.json that is no JSON is none', async (t) => {
    const stateDir = await scratchFolder(t);
    await writeFile(join(stateDir, 'serve.json'), '{"url": ');
    const url = new URL('http://127.0.0.1:8080');
    assert.match(
      (await credentialsFor(url, { stateDir, env: { PICFERRY_TOKEN: 'own' } })).describe(),
      /PICFERRY_TOKEN/,
    );
  });

  test('a signature for execute-api that a server finds right, session token, query and body included', async (t) => {
    const stateDir = await scratchFolder(t);
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_SESSION_TOKEN: 'of-a-session',
    });
    await using api = await scriptedS3(() => ({ body: '{}' }));
    const credentials = await credentialsFor(new URL(`${api.endpointUrl}/prod`), {
      stateDir,
      env: { AWS_REGION: 'eu-west-3' },
    });
    const ask = createApiClient(credentials);
    await ask({ method: 'GET', path: '/migrations', query: { limit: '7', before: '2026-01-01T00:00:00.000Z' } });
    await ask({ method: 'POST', path: '/migrations', body: { source: 'öld' }, idempotencyKey: 'key' });
    for (const request of api.seen) {
      assert.equal(signatureFault(request, KEYS.secretAccessKey, 'execute-api'), undefined);
      assert.match(request.headers.authorization ?? '', /eu-west-3\/execute-api/);
      assert.equal(request.headers['x-amz-security-token'], 'of-a-session');
    }
    assert.equal(api.seen[0]?.path, '/prod/migrations');
    assert.match(credentials.describe(), new RegExp(KEYS.accessKeyId));
    assert.doesNotMatch(credentials.describe(), new RegExp(KEYS.secretAccessKey));
  });

  test("a profile's keys and region", async (t) => {
    const stateDir = await scratchFolder(t);
    const file = join(stateDir, 'config');
    await writeFile(
      file,
      `[profile field]\nregion = ap-south-1\naws_access_key_id = ${KEYS.accessKeyId}\naws_secret_access_key = ${KEYS.secretAccessKey}\n`,
    );
    Object.assign(process.env, { AWS_PROFILE: 'field', AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: file });
    await using api = await scriptedS3(() => ({ body: '{}' }));
    const credentials = await credentialsFor(new URL(api.endpointUrl), { stateDir, env: process.env });
    await createApiClient(credentials)({ method: 'GET', path: '/migrations' });
    assert.equal(signatureFault(api.seen[0]!, KEYS.secretAccessKey, 'execute-api'), undefined);
    assert.match(api.seen[0]?.headers.authorization ?? '', /ap-south-1\/execute-api/);
    assert.match(credentials.describe(), /profile field/);
  });

  test('nothing, where there are no keys: said with the ways out', async (t) => {
    const stateDir = await scratchFolder(t);
    Object.assign(process.env, { AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' });
    await using api = await scriptedS3(() => ({ body: '{}' }));
    const credentials = await credentialsFor(new URL(api.endpointUrl), { stateDir, env: { AWS_REGION: 'x-y-1' } });
    await assert.rejects(createApiClient(credentials)({ method: 'GET', path: '/migrations' }), (error: Error) => {
      assert.equal(error.name, 'UsageError');
      assert.match(error.message, /AWS_PROFILE.*PICFERRY_TOKEN/);
      return true;
    });
    assert.deepEqual(api.seen, []);
  });
});

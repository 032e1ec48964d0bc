// Which API a command means, and what is refused before anything is sent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apiAddressOf } from '../../lib/cli/api-address.ts';
import type { ServiceFlags } from '../../lib/cli/flags.ts';

const AWS = 'https://abc123.execute-api.eu-central-1.amazonaws.com';

describe('which API is meant', () => {
  const TABLE: readonly (readonly [
    what: string,
    flags: ServiceFlags,
    env: string | undefined,
    url: string | undefined,
    from?: string,
  ])[] = [
    ['none: this machine', {}, undefined, undefined],
    ['--api', { api: AWS }, undefined, `${AWS}/`, '--api'],
    ['PICFERRY_API', {}, AWS, `${AWS}/`, 'PICFERRY_API'],
    ['an empty PICFERRY_API: this machine', {}, '', undefined],
    ['--api before PICFERRY_API', { api: 'http://127.0.0.1:8080' }, AWS, 'http://127.0.0.1:8080/', '--api'],
    ['a state folder asked for by a flag before PICFERRY_API', { stateDir: '/state' }, AWS, undefined],
    ['--api with the state folder of its serve', { api: AWS, stateDir: '/state' }, undefined, `${AWS}/`, '--api'],
    ['a path is kept, a / at its end is not', { api: `${AWS}/prod/` }, undefined, `${AWS}/prod`, '--api'],
    ['http to this machine', { api: 'http://localhost:8080' }, undefined, 'http://localhost:8080/', '--api'],
    ['http to this machine by IPv6', { api: 'http://[::1]:8080' }, undefined, 'http://[::1]:8080/', '--api'],
    [
      'http to this machine written otherwise',
      { api: 'http://2130706433:80' },
      undefined,
      'http://127.0.0.1/',
      '--api',
    ],
  ];
  for (const [what, flags, PICFERRY_API, url, from] of TABLE) {
    test(what, () => {
      const found = apiAddressOf(flags, { PICFERRY_API });
      assert.equal(found?.url.href, url);
      assert.equal(found?.from, from);
    });
  }
});

describe('refused, by what named it', () => {
  const TABLE: readonly (readonly [string, RegExp])[] = [
    ['', /expected the URL/],
    ['abc123', /expected the URL/],
    ['ftp://example.org', /expected the URL/],
    ['file:///etc/passwd', /expected the URL/],
    ['https://example.org?stage=prod', /expected the URL/],
    ['https://user:word@example.org', /password/],
    ['http://example.org', /plain http/],
    ['http://127.0.0.1.example.org', /plain http/],
    ['http://localhost.example.org', /plain http/],
    ['http://10.0.0.7:8080', /plain http/],
  ];
  for (const [text, says] of TABLE) {
    test(JSON.stringify(text), () => {
      const refused = (from: RegExp) => (error: Error) => {
        assert.equal(error.name, 'UsageError');
        assert.match(error.message, says);
        assert.match(error.message, from);
        assert.doesNotMatch(error.message, /user:word/);
        return true;
      };
      assert.throws(() => apiAddressOf({ api: text }, {}), refused(/^--api/));
      if (text) assert.throws(() => apiAddressOf({}, { PICFERRY_API: text }), refused(/^PICFERRY_API/));
    });
  }
});

// The API as a Lambda: API Gateway's events become requests, and answers what it expects.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { handler } from '../../functions/api.ts';
import type { Problem } from '../../lib/api/resources.ts';

Object.assign(process.env, {
  ...{ TABLE_NAME: 'table', REPORTS_BUCKET: 'bucket', AWS_REGION: 'us-east-1', PICFERRY_VERSION: '1.2.3' },
  ALLOWED_STORES: '{"old":{"bucket":"old-pictures"},"new":{"bucket":"new-pictures"}}',
});

const lambda = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 } as Context;

const event = (
  method: string,
  rawPath: string,
  more: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 => ({
  ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString: '', isBase64Encoded: false },
  headers: { host: 'api.example' },
  requestContext: {
    ...{ accountId: '1', apiId: 'a', domainName: 'api.example', domainPrefix: 'api', requestId: 'r' },
    ...{ routeKey: '$default', stage: '$default', time: '', timeEpoch: 0 },
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
  },
  ...more,
});

const answerTo = async (one: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
  (await handler(one as never, lambda)) as APIGatewayProxyStructuredResultV2;

describe('the API behind API Gateway', () => {
  test('describes itself, with its version and that requests are signed', async () => {
    const { statusCode, body = '', headers, isBase64Encoded } = await answerTo(event('GET', '/openapi.json'));
    assert.equal(statusCode, 200);
    assert.equal(isBase64Encoded, false);
    assert.equal(headers?.['cache-control'], 'no-store');
    const { info, security } = JSON.parse(body) as { info: { version: string }; security: unknown };
    assert.deepEqual([info.version, security], ['1.2.3', [{ sigv4: [] }]]);
  });

  for (const encoded of [false, true]) {
    test(`reads a body ${encoded ? 'in Base64' : 'as text'}, and answers problems as text`, async () => {
      const body = JSON.stringify({ source: 's3://elsewhere/', destination: 'new', mode: 'sync' });
      const sent = event('POST', '/migrations', {
        body: encoded ? Buffer.from(body).toString('base64') : body,
        isBase64Encoded: encoded,
        headers: { 'content-type': 'application/json' },
      });
      const answer = await answerTo(sent);
      assert.equal(answer.statusCode, 403);
      assert.equal(answer.isBase64Encoded, false);
      assert.match(String(answer.headers?.['content-type']), /^application\/problem\+json/);
      assert.match((JSON.parse(answer.body ?? '') as Problem).detail, /knows old, new/);
    });
  }
});

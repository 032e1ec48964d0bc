// The Lambdas' bundles: small, complete, and with nothing in them that only builds, tests or belongs to the command line.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { bundleInto } from '../../lib/infra/bundle.ts';
import { FUNCTIONS } from '../../lib/infra/names.ts';

const folder = await mkdtemp(join(tmpdir(), 'picferry-bundles-'));
after(() => rm(folder, { recursive: true, force: true }));
const bundles = await bundleInto(folder);

/** Whoever adds a package to a Lambda writes it down here: each byte is read at cold starts, each package is to be trusted. */
const RUNS_IN_LAMBDA = [
  '@aws-lambda-powertools/commons',
  '@aws-lambda-powertools/logger',
  '@aws-lambda-powertools/metrics',
  '@aws-sdk/checksums',
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-s3',
  '@aws-sdk/client-scheduler',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-sfn',
  '@aws-sdk/core',
  '@aws-sdk/credential-provider-env',
  '@aws-sdk/credential-provider-node',
  '@aws-sdk/credential-providers',
  '@aws-sdk/dynamodb-codec',
  '@aws-sdk/lib-dynamodb',
  '@aws-sdk/middleware-endpoint-discovery',
  '@aws-sdk/middleware-sdk-s3',
  '@aws-sdk/nested-clients',
  '@aws-sdk/s3-request-presigner',
  '@aws-sdk/signature-v4-multi-region',
  '@aws-sdk/util-dynamodb',
  '@aws-sdk/xml-builder',
  '@aws/lambda-invoke-store',
  '@middy/core',
  '@smithy/core',
  '@smithy/node-http-handler',
  '@smithy/signature-v4',
  '@smithy/types',
  'croner',
  'hono',
  'nanoid',
  'p-limit',
  'p-map',
  're2js',
  'undici',
  'yocto-queue',
  'zod',
];

/** By what is in the outputs: what was looked at and dropped does not count. */
const packagesIn = ({ outputs }: (typeof bundles)['Api']): string[] => {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const names = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
};

describe("a function's bundle", () => {
  for (const name of FUNCTIONS) {
    test(`${name} is at most 1,000,000 bytes unpacked`, () => {
      const bytes = Object.values(bundles[name].outputs).reduce((sum, output) => sum + output.bytes, 0);
      assert.ok(bytes <= 1_000_000, `${bytes} bytes`);
    });

    test(`${name} holds only packages that are meant to run in Lambda`, () => {
      const strangers = packagesIn(bundles[name]).filter((one) => !RUNS_IN_LAMBDA.includes(one));
      assert.deepEqual(strangers, []);
    });

    test(`${name} needs nothing but Node beside it, and has an async handler`, async () => {
      const outside = Object.values(bundles[name].outputs).flatMap(({ imports }) =>
        imports.filter(({ external }) => external).map(({ path }) => path),
      );
      assert.deepEqual(
        outside.filter((path) => !process.getBuiltinModule(path)),
        [],
      );
      const { handler } = (await import(pathToFileURL(join(folder, name, 'index.mjs')).href)) as { handler: unknown };
      assert.equal(typeof handler, 'function');
      // Callback handlers are gone from Node 24's runtime: it refuses a third parameter.
      assert.ok((handler as (...args: unknown[]) => unknown).length < 3);
    });
  }

  test('each package on the list is in one of them', () => {
    const found = new Set(FUNCTIONS.flatMap((name) => packagesIn(bundles[name])));
    assert.deepEqual(
      RUNS_IN_LAMBDA.filter((one) => !found.has(one)),
      [],
    );
  });
});

// The Lambdas' bundles: small, complete, and without anything that only builds or tests them.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleInto } from '../../lib/infra/bundle.ts';
import { FUNCTIONS } from '../../lib/infra/names.ts';

const folder = await mkdtemp(join(tmpdir(), 'picferry-bundles-'));
after(() => rm(folder, { recursive: true, force: true }));
const { outputs } = bundleInto(folder);

/** What runs in Lambda; everything else in package.json builds, tests, or belongs to the command line. */
const RUNS =
  /^(@aws-crypto|@aws-lambda-powertools|@aws-sdk|@aws|@middy|@smithy|nanoid|p-limit|p-map|p-retry|picomatch|undici|zod)\b/;
/** Brought along by those. */
const BROUGHT =
  /^(bowser|tslib|yocto-queue|is-network-error|fast-xml-parser|strnum|mnemonist|obliterator|uuid|@nodable)\b/;

const packagesIn = (inputs: Readonly<Record<string, unknown>>): string[] => {
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
};

describe("a function's bundle", () => {
  for (const name of FUNCTIONS) {
    const output = Object.entries(outputs).find(([path]) => path.endsWith(`${name}/index.mjs`))?.[1];

    test(`${name} uploads at most half a megabyte and loads at most one and a half`, async () => {
      const code = await readFile(join(folder, name, 'index.mjs'));
      assert.ok(gzipSync(code).length <= 500_000, `${gzipSync(code).length} bytes packed`);
      assert.ok(code.length <= 1_500_000, `${code.length} bytes unpacked`);
    });

    test(`${name} holds only packages that run in Lambda`, () => {
      assert.ok(output);
      const strangers = packagesIn(output.inputs).filter((one) => !RUNS.test(one) && !BROUGHT.test(one));
      assert.deepEqual(strangers, []);
    });

    test(`${name} needs nothing but Node beside it, and has an async handler`, async () => {
      assert.ok(output);
      const outside = output.imports.filter(({ external }) => external).map(({ path }) => path);
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
});

// Leaves out of the bundles what no Lambda ever runs: it would be loaded and parsed at every cold start.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { brotliCompressSync } from 'node:zlib';
import type { OnLoadResult, Plugin } from 'esbuild';

/**
 * undici's entry loads fetch, WebSocket, caches and mocks as well: three quarters of it. lib/stores/s3/client.ts takes
 * one class and one method of it; undici's own entry puts the method there in the same way.
 */
const UNDICI = `
  const Agent = require('undici/lib/dispatcher/agent.js');
  Agent.prototype.request = require('undici/lib/api/api-request.js');
  exports.Agent = Agent;
`;

/** By name, what stands for a package. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['undici', UNDICI],
  // DynamoDB's client makes one for accounts that discover their endpoints, and never looks at it otherwise.
  ['@aws-sdk/endpoint-cache', 'exports.EndpointCache = class {};'],
  // Answers in events: S3's select, which nobody calls.
  ['@smithy/core/event-streams', 'exports.resolveEventStreamSerdeConfig = (config) => config;'],
]);

const UNUSED: readonly RegExp[] = [
  // A Lambda's keys stand in its environment, where the AWS SDK looks first; from there at most a role is assumed.
  // The rest of the chain is for people's machines, EC2 and containers.
  /^@aws-sdk\/(credential-provider-(cognito-identity|http|ini|login|process|sso|web-identity)|token-providers)$/,
  /^@smithy\/credential-provider-imds$/,
  // Which browser it is.
  /^bowser$/,
  // undici: HTTP/2 unless it is asked for, bodies of fetch, interceptors, figures of itself, and a parser for processors without SIMD.
  /\/client-h2\.js$|\/web\/fetch\/body\.js$|\/wrap-handler$|\/util\/stats\.js$|\/llhttp-wasm\.js$/,
];

export const withoutWhatLambdaNeverRuns: Plugin = {
  name: 'without-what-lambda-never-runs',
  setup({ onResolve, onLoad }) {
    for (const filter of UNUSED) onResolve({ filter }, () => ({ path: 'unused', namespace: 'trimmed' }));
    onResolve(
      { filter: /^(undici|@aws-sdk\/endpoint-cache|@smithy\/core\/event-streams)$/ },
      ({ path, resolveDir }) => ({
        path,
        namespace: 'trimmed',
        pluginData: resolveDir,
      }),
    );
    onLoad({ filter: /./, namespace: 'trimmed' }, ({ path, pluginData }) => ({
      contents: INSTEAD.get(path) ?? 'module.exports = {};',
      resolveDir: pluginData,
    }));
    onLoad({ filter: /undici[\\/].*[\\/]llhttp_simd-wasm\.js$/ }, ({ path }) => compressed(path));
    onLoad({ filter: /undici[\\/].*llhttp[\\/]constants\.js$/ }, ({ path }) => errorsAndTypes(path));
    onLoad({ filter: /re2js[\\/]build[\\/]index\.js$/ }, ({ path }) => withoutUnicodeGroups(path));
    onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas_0\.js$/ }, ({ path }) => droppable(path));
    // Of its package.json a client tells AWS the version.
    onLoad({ filter: /@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, ({ path }) => nameAndVersion(path));
  },
};

/**
 * A client's description of all its calls. Its entries hold computed keys, which esbuild must take for side effects; said
 * to be pure, those of calls that nobody makes are left out (of S3's 66 KB more than 50).
 */
const droppable = async (path: string): Promise<OnLoadResult> => {
  const text = await readFile(path, 'utf8');
  const pure = text.replace(
    /^export var (\w+\$?) = (\[.*\]|\[[\s\S]*?^\]);$/gm,
    'export var $1 = /* @__PURE__ */ (() => $2)();',
  );
  return { contents: pure, loader: 'js' };
};

/** undici's parser for HTTP, a fourth of its size: half a millisecond at the first connection for 50 KB at every cold start. */
const compressed = (path: string): OnLoadResult => {
  const wasm: Buffer = createRequire(import.meta.url)(path);
  const text = brotliCompressSync(wasm).toString('base64');
  return {
    contents: `module.exports = require('node:zlib').brotliDecompressSync(Buffer.from('${text}', 'base64'));`,
    loader: 'js',
  };
};

/** Of the parser's constants undici asks for two; the rest are tables of methods, statuses and characters. */
const errorsAndTypes = (path: string): OnLoadResult => {
  const { ERROR, TYPE } = createRequire(import.meta.url)(path) as Record<string, object>;
  return { contents: `module.exports = ${JSON.stringify({ ERROR, TYPE })};`, loader: 'js' };
};

/** The tables of `\p{…}`, which lib/compare/linear-pattern.ts turns off. */
const withoutUnicodeGroups = async (path: string): Promise<OnLoadResult> => {
  const text = await readFile(path, 'utf8');
  return { contents: text.replace(/new LazyMap\(\{.*?^\t\}\)/gms, 'new LazyMap({})'), loader: 'js' };
};

const nameAndVersion = async (path: string): Promise<OnLoadResult> => {
  const { name, version } = JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
  return { contents: JSON.stringify({ name, version }), loader: 'json' };
};

// Bundles functions/*.ts with esbuild in this process: CDK's NodejsFunction starts npx for each, which takes most of a synthesis.
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { build, type Metafile } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './names.ts';
import { withoutWhatLambdaNeverRuns } from './trim.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const { version } = JSON.parse(readFileSync(`${PROJECT}package.json`, 'utf8')) as { version: string };

export type CodeOf = (name: FunctionName) => Code;

export const bundleFunctions = async (folder: string): Promise<CodeOf> => {
  await bundleInto(folder);
  return (name) => Code.fromAsset(`${folder}/${name}`);
};

/**
 * Each function's folder holds `index.mjs` and the chunks it loads when they are needed, with everything inside, the AWS SDK
 * included: what most invocations never call (Secrets Manager, EventBridge, …) is neither read nor parsed at a cold start.
 */
export const bundleInto = async (folder: string): Promise<Readonly<Record<FunctionName, Metafile>>> => {
  rmSync(folder, { recursive: true, force: true });
  const made = await Promise.all(
    FUNCTIONS.map(async (name) => [name, await bundleOne(`functions/${name.toLowerCase()}.ts`, `${folder}/${name}`)]),
  );
  return Object.fromEntries(made) as Record<FunctionName, Metafile>;
};

/** A build of its own for each: chunks shared between functions would belong to none of their assets. */
export const bundleOne = async (entry: string, outdir: string): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Errors carry their names as text, so nothing needs the classes' own.
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [withoutWhatLambdaNeverRuns],
    // What functions/api.ts tells as the API's version.
    define: { 'process.env.PICFERRY_VERSION': JSON.stringify(version) },
    // CommonJS dependencies inside an ES module still call require() for Node's own modules.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return metafile;
};

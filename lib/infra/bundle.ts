// Bundles functions/*.ts, all in one esbuild run: CDK's NodejsFunction starts npx for each, which takes most of a synthesis.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type Metafile } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './names.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export type CodeOf = (name: FunctionName) => Code;

export const bundleFunctions = (folder: string): CodeOf => {
  bundleInto(folder);
  return (name) => Code.fromAsset(`${folder}/${name}`);
};

/** Each function's folder holds one ES module with everything it needs, the AWS SDK included. */
export const bundleInto = (folder: string): Metafile => {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: FUNCTIONS.map((name) => ({ in: `functions/${name.toLowerCase()}.ts`, out: `${name}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Errors carry their names as text, so nothing needs the classes' own.
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    // CommonJS dependencies inside an ES module still call require() for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return metafile;
};

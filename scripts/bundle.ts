// Bundles what runs on one machine as it is installed: Node refuses to strip types below node_modules, and a bundle needs no dependencies there.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { ROOT } from './set-up.js';

/** What aws-local-stepfunctions imports for running real Lambdas and for validating; lib/embedded asks for neither. */
const withoutLambda: Plugin = {
  name: 'without-lambda',
  setup({ onResolve, onLoad }) {
    onResolve(
      { filter: /^(@aws-sdk\/client-lambda|@aws-sdk\/credential-providers|asl-validator)$/ },
      ({ path, importer }) =>
        importer.includes('aws-local-stepfunctions') ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents:
        'export class LambdaClient {} export class InvokeCommand {} export const fromCognitoIdentityPool = undefined; export default undefined;',
    }));
  },
};

/** `entries`: by their names, files below the project's root. */
export const bundle = async (entries: Readonly<Record<string, string>>, outdir: string): Promise<void> => {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { ...entries },
    outdir,
    bundle: true,
    // What is imported when needed stays a file of its own: a check of two folders never reads the S3 client.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'linked',
    logLevel: 'warning',
    plugins: [withoutLambda],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  // Beside the chunks, where lib/workflow/definition.ts looks for it.
  copyFileSync(join(ROOT, 'lib/workflow/migration.asl.json'), join(outdir, 'migration.asl.json'));
};

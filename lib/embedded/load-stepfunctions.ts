// Loads aws-local-stepfunctions without the parts that only running real Lambdas needs: 10 ms instead of 100.
import { registerHooks } from 'node:module';

export type Library = typeof import('aws-local-stepfunctions');

/** It calls Lambda only for tasks without a local handler, and validates only when asked to. Here neither happens. */
const UNUSED = new Set(['@aws-sdk/client-lambda', '@aws-sdk/credential-providers', 'asl-validator']);
const STUB =
  'data:text/javascript,export class LambdaClient {}; export class InvokeCommand {}; export const fromCognitoIdentityPool = undefined; export default undefined;';

let library: Promise<Library> | undefined;

/** In the published package esbuild does the same when it bundles; there the hook meets none of these names. */
export const loadLibrary = (): Promise<Library> => {
  library ??= load();
  return library;
};

const load = async (): Promise<Library> => {
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) =>
      UNUSED.has(specifier) && context.parentURL?.includes('/aws-local-stepfunctions/')
        ? { url: STUB, shortCircuit: true }
        : nextResolve(specifier, context),
  });
  try {
    return await import('aws-local-stepfunctions');
  } finally {
    hooks.deregister();
  }
};

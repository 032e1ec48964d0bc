// Deploys the CDK app into the emulator and uses it as its users do: `npx cdk deploy`, signed calls of its API.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from './aws.ts';
import type { Emulator } from './emulator.ts';
import { assumeRole, type Credentials, queryCall, type SignedRequest, signedFetch } from './signed-fetch.ts';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(PROJECT, 'node_modules/.bin');

export interface DeployOptions {
  /** What picferry.json says. */
  readonly stores: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, string>>;
}

export interface Deployment {
  /** By the names of the stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Where its API answers in the emulator. */
  readonly apiUrl: string;
  /** A signed call of the API. */
  call(method: string, path: string, more?: Partial<SignedRequest>): Promise<Response>;
  /** What the function returns; throws what it throws. */
  invoke(functionName: string, input: unknown): Promise<unknown>;
  /** The keys of the role whose name in the stack begins so: `List`, `Api`, … */
  roleOf(name: string): Promise<Credentials>;
  /** Allows a role more than the stack does: for what the emulator judges otherwise than AWS. */
  allow(name: string, statement: { readonly Action: readonly string[]; readonly Resource: string }): Promise<void>;
  /** Runs `cdk` once more with the same options; what it printed. */
  cdk(...args: string[]): Promise<string>;
}

const DEPLOY = ['deploy', '--require-approval', 'never', '--no-notices', '--progress', 'events'];

export const deploy = async (emulator: Emulator, options: DeployOptions): Promise<Deployment> => {
  const { endpointUrl } = emulator;
  await makeAssetsBucket(emulator);
  const { outputs } = await cdk(emulator, options, DEPLOY);
  const apiId = /\/\/([^./]+)\./.exec(outputs.ApiUrl ?? '')?.[1] ?? 'none';
  const apiUrl = `${endpointUrl}/_aws/execute-api/${apiId}/$default`;
  return {
    outputs,
    apiUrl,
    call: (method, path, more = {}) => {
      const { pathname, search } = new URL(`${apiUrl}${path}`);
      return signedFetch(endpointUrl, { service: 'execute-api', method, path: `${pathname}${search}`, ...more });
    },
    invoke: (functionName, input) => invoke(endpointUrl, functionName, input),
    roleOf: async (name) => assumeRole(endpointUrl, await roleArn(endpointUrl, name)),
    allow: async (name, statement) => {
      await queryCall(endpointUrl, 'iam', {
        Action: 'PutRolePolicy',
        Version: '2010-05-08',
        RoleName: (await roleArn(endpointUrl, name)).split('/').at(-1) ?? '',
        PolicyName: 'ForTheEmulator',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] }),
      });
    },
    cdk: async (...args) => (await cdk(emulator, options, args)).printed,
  };
};

const cdk = async (emulator: Emulator, { stores, context = {} }: DeployOptions, args: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'picferry-deploy-'));
  try {
    await writeFile(join(folder, 'picferry.json'), JSON.stringify({ stores }));
    const given = {
      config: folder,
      // The emulator refuses to let the bootstrap's publishing role be assumed, and speaks HTTP.
      credentials: 'cli',
      tlsOnly: 'false',
      retrySeconds: '1',
      ...context,
    };
    const outputsFile = join(folder, 'outputs.json');
    const printed = await runCdk(emulator, [
      ...args,
      ...['--output', join(folder, 'cdk.out')],
      ...(args[0] === 'deploy' ? ['--outputs-file', outputsFile] : []),
      ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    const stacks = JSON.parse(await readFile(outputsFile, 'utf8').catch(() => '{}')) as Record<
      string,
      Record<string, string>
    >;
    return { outputs: stacks.Picferry ?? {}, printed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const runCdk = async (emulator: Emulator, args: readonly string[]): Promise<string> => {
  const env = {
    PATH: [BIN, process.env.PATH].join(delimiter),
    HOME: tmpdir(),
    CI: 'true',
    ...emulator.env,
  };
  const options = { cwd: PROJECT, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await run(join(BIN, 'cdk'), [...args], options).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`cdk ${args[0]} failed:\n${error.stdout ?? ''}\n${error.stderr ?? error.message}`);
    },
  );
  return stdout + stderr;
};

/** All of `cdk bootstrap` that a deployment with the caller's own credentials needs. */
const makeAssetsBucket = async ({ endpointUrl }: Emulator): Promise<void> => {
  const s3 = new S3Client({ ...clientConfig(endpointUrl), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'cdk-hnb659fds-assets-000000000000-us-east-1' }));
  s3.destroy();
};

const roleArn = async (endpointUrl: string, name: string): Promise<string> => {
  const text = await queryCall(endpointUrl, 'iam', { Action: 'ListRoles', Version: '2010-05-08' });
  const found = new RegExp(`<Arn>([^<]+:role/Picferry-${name}Role[^<]+)</Arn>`).exec(text)?.[1];
  if (found === undefined) throw new Error(`There is no role of ${name}.`);
  return found;
};

const invoke = async (endpointUrl: string, functionName: string, input: unknown): Promise<unknown> => {
  const answer = await signedFetch(endpointUrl, {
    service: 'lambda',
    path: `/2015-03-31/functions/${functionName}/invocations`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`${functionName}: ${text}`);
  return JSON.parse(text);
};

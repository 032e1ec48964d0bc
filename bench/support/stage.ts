// A bench's stage: a service, buckets with pictures, Picferry as it is installed, and how everybody is told where they are.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Running } from '../bench.ts';
import { type Command, measure } from './measure.ts';
import { builtPicferry } from './picferry.ts';
import { openService, type Service } from './service.ts';
import { type Peer, peerPath, type Server } from './tools.ts';

export interface Stage extends AsyncDisposable {
  readonly service: Service;
  /** Where commands run: picferry.json and rclone.conf lie there. */
  readonly folder: string;
  /** Its own state folder every time, as on a machine that never ran it. */
  picferry(...args: string[]): Command;
  /** The same, from the project's source. */
  fromSource(...args: string[]): Command;
  peer(name: Peer, ...args: string[]): Command;
  /** A bucket with these pictures of a local folder, put there once; named as itself in picferry.json. */
  bucket(name: string, from?: string, createOnly?: 'native' | 'headFirst'): Promise<void>;
  /** A bucket with what was put into another one from a folder. */
  duplicate(name: string, of: string, createOnly?: 'native' | 'headFirst'): Promise<void>;
}

/** What its users set: one remote, nothing more. */
const rcloneConfig = ({ url, env }: Service): string =>
  `[s3]\ntype = s3\nprovider = Minio\naccess_key_id = ${env.AWS_ACCESS_KEY_ID}\nsecret_access_key = ${env.AWS_SECRET_ACCESS_KEY}\nendpoint = ${url}\n`;

export const openStage = async (running: Running, server?: Server): Promise<Stage> => {
  const { scratch, project, cache, say, isSmoke } = running;
  const [beginning, s5cmd, rclone, aws] = await Promise.all([
    builtPicferry(project, scratch),
    ...(['s5cmd', 'rclone', 'aws'] as const).map((name) => (isSmoke ? name : peerPath(name, { cache, say }))),
  ]);
  const folder = join(scratch, `stage-${Date.now()}`);
  await mkdir(folder, { recursive: true });
  // After all that may fail: nobody would end a server whose stage never stood.
  const service = await openService(running, server);
  await writeFile(join(folder, 'rclone.conf'), rcloneConfig(service));
  const peers = { s5cmd: s5cmd!, rclone: rclone!, aws: aws! };
  const stores: Record<string, object> = {};
  let runs = 0;
  const beginningWith =
    (entry: readonly string[]) =>
    (...args: string[]): Command => ({
      argv: [...entry, ...args, '--state-dir', join(folder, `state-${runs++}`)],
      ...{ cwd: folder, env: { ...service.env }, goodCodes: [0, 1] },
    });
  const picferry = beginningWith(beginning);
  const folders = new Map<string, string>();
  const make = async (name: string, createOnly?: 'native' | 'headFirst'): Promise<void> => {
    await service.makeBucket(name);
    stores[name] = { bucket: name, endpointUrl: service.url, region: 'us-east-1', ...(createOnly && { createOnly }) };
    await writeFile(join(folder, 'picferry.json'), JSON.stringify({ stores }));
  };
  const fill = async (name: string, from: string): Promise<void> => {
    folders.set(name, from);
    await measure(picferry('sync', from, name, '--min-age', '0s'), scratch);
  };
  return {
    ...{ service, folder, picferry, fromSource: beginningWith([process.execPath, join(project, 'bin/picferry.js')]) },
    peer: (name, ...args) => ({
      argv: [peers[name], ...args],
      cwd: folder,
      env: {
        ...service.env,
        ...{ S3_ENDPOINT_URL: service.url, AWS_ENDPOINT_URL: service.url, RCLONE_CONFIG: join(folder, 'rclone.conf') },
      },
      // rclone check says 1 where something differs; of rclone copy it means that not everything was copied.
      goodCodes: name === 'rclone' && args[0] === 'check' ? [0, 1] : [0],
    }),
    bucket: async (name, from, createOnly) => {
      await make(name, createOnly);
      if (from !== undefined) await fill(name, from);
    },
    duplicate: async (name, of, createOnly) => {
      await make(name, createOnly);
      await (service.duplicate ? service.duplicate(of, name) : fill(name, folders.get(of)!));
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
};

// Given two buckets of a service whose requests cost a thousand times AWS's, when migrations run, then what was really asked of it in USD.
import type { EmbeddedHost, EmbeddedOptions } from '../../lib/embedded/host.ts';
import { pricesWith } from '../../lib/stores/prices.ts';
import type { MigrationRequest, Options } from '../../lib/workflow/request.ts';
import { bucketSide, type Side } from '../faults/world.ts';
import type { Cleanup } from './cleanup.ts';
import { type Folders, givenFolders, givenHost, pictures, request } from './embedded-migration.ts';
import { type MemoryS3, memoryS3 } from './memory-s3/memory-s3.ts';
import { KEYS, type SeenRequest } from './scripted-s3.ts';

process.env.AWS_ACCESS_KEY_ID = KEYS.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = KEYS.secretAccessKey;

/** So that a small album costs a dollar. */
const PRICES = { listPerThousand: 5, readPerThousand: 0.4, writePerThousand: 5, storagePerGbMonth: 0 };

const usdOf = ({ method, query }: SeenRequest): number => {
  if (method === 'DELETE') return 0;
  const isRead = method === 'GET' || method === 'HEAD';
  const { listPerThousand, readPerThousand, writePerThousand } = PRICES;
  return (query.has('list-type') ? listPerThousand : isRead ? readPerThousand : writePerThousand) / 1_000;
};

export interface GivenPriced {
  readonly count?: number;
  readonly createOnly?: 'native' | 'headFirst';
  readonly pageSize?: number;
  /** The destination is a folder. */
  readonly toFolder?: true;
  /** USD for what leaves the service. */
  readonly perByte?: number;
  readonly content?: (content: string) => string;
  readonly options?: EmbeddedOptions;
}

export interface Priced {
  readonly folders: Folders;
  readonly service: MemoryS3;
  readonly host: EmbeddedHost;
  /** Of the pictures on the source, ascending. */
  readonly keys: readonly string[];
  readonly destination: Side;
  asked(options: Partial<Options>, mode?: 'check' | 'sync'): MigrationRequest;
  /** So far, by the requests that the service has seen. */
  spent(): number;
}

export const givenPriced = async (
  context: Cleanup,
  { count = 200, createOnly = 'native', pageSize = 1_000, perByte = 0, toFolder, content, options }: GivenPriced = {},
): Promise<Priced> => {
  const folders = await givenFolders(context);
  const service = await memoryS3({ pageSize });
  folders.closing.push(async () => service[Symbol.asyncDispose]());
  const [source, destination] = (['old', 'new'] as const).map((name) => bucketSide(service, name, createOnly));
  const all = pictures(count);
  for (const [key, text] of Object.entries(all)) await source!.put(key, content ? content(text) : text);
  const prices = pricesWith({ elsewhere: { ...PRICES, outPerGb: perByte * 1e9 } });
  const host = await givenHost(folders, { prices, limits: { shardEntries: 20, copiesPerShard: 4 }, ...options });
  return {
    ...{ folders, service, host, keys: Object.keys(all).sort(), destination: destination! },
    asked: (asks, mode = 'sync') => ({
      ...request(folders, mode, asks),
      source: source!.spec,
      ...(!toFolder && { destination: destination!.spec }),
    }),
    spent: () => service.seen.reduce((sum, one) => sum + usdOf(one), 0),
  };
};

// The command line as a request: everything that can be wrong is found here, before anything is opened or written.
import { SIDES, type Side } from '../compare/entry.ts';
import { checkPair, resolveStore, UsageError } from '../stores/address.ts';
import { refuseOtherThanFolder, refuseSecret } from '../stores/here.ts';
import { readPicferryJson } from '../stores/picferry-json.ts';
import { type Prices, pricesWith } from '../stores/prices.ts';
import type { StoreSpec } from '../stores/spec.ts';
import type { MigrationRequest, Mode } from '../workflow/request.ts';
import type { PairFlags, StoreFlags } from './flags.ts';
import { defined, optionsOf } from './options-of.ts';

export interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stateDir: string;
}

export const requestOf = async (
  mode: Mode,
  addresses: Readonly<Record<Side, string>>,
  flags: PairFlags,
  { cwd, env, stateDir }: Place,
): Promise<{ readonly request: MigrationRequest; readonly prices: Prices }> => {
  const options = optionsOf(flags);
  const { stores, prices } = await readPicferryJson(cwd);
  const spec = (side: Side): StoreSpec =>
    resolveStore(addresses[side], { side, cwd, env, stores, ...serviceFlags(side, flags) });
  const request: MigrationRequest = { mode, source: spec('source'), destination: spec('destination'), options };
  checkPair(request.source, request.destination, { stateDir });
  for (const side of SIDES) refuseOtherThanFolder(side, request[side]);
  refuseS3Flags(request);
  for (const side of SIDES) refuseSecret(request[side]);
  return { request, prices: pricesWith(prices) };
};

const serviceFlags = (side: Side, flags: StoreFlags) =>
  side === 'source'
    ? defined({ endpointUrl: flags.sourceEndpointUrl, region: flags.sourceRegion, profile: flags.sourceProfile })
    : defined({
        endpointUrl: flags.destinationEndpointUrl,
        region: flags.destinationRegion,
        profile: flags.destinationProfile,
      });

const refuseS3Flags = ({ destination, options }: MigrationRequest): void => {
  if (destination.type !== 'folder') return;
  for (const [flag, value] of [
    ['--storage-class', options.storageClass],
    ['--sse-kms-key-id', options.sseKmsKeyId],
  ]) {
    if (value !== undefined) {
      throw new UsageError(`${flag} is for a destination on S3; ${destination.path} is a folder`);
    }
  }
};

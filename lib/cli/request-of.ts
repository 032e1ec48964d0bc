// The command line as a request: everything that can be wrong is found here, before anything is opened or written.
import { statSync } from 'node:fs';
import type { Side } from '../compare/entry.ts';
import { checkPair, resolveStore, UsageError } from '../stores/address.ts';
import { readPicferryJson } from '../stores/picferry-json.ts';
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
): Promise<MigrationRequest> => {
  const options = optionsOf(flags);
  const stores = await readPicferryJson(cwd);
  const spec = (side: Side): StoreSpec =>
    resolveStore(addresses[side], { side, cwd, env, stores, ...serviceFlags(side, flags) });
  const request: MigrationRequest = { mode, source: spec('source'), destination: spec('destination'), options };
  checkPair(request.source, request.destination, { stateDir });
  refuseOtherThanFolder('source', request.source, { mustExist: true });
  refuseOtherThanFolder('destination', request.destination, { mustExist: false });
  refuseS3Flags(request);
  refuseSecret(request);
  return request;
};

const serviceFlags = (side: Side, flags: StoreFlags) =>
  side === 'source'
    ? defined({ endpointUrl: flags.sourceEndpointUrl, region: flags.sourceRegion, profile: flags.sourceProfile })
    : defined({
        endpointUrl: flags.destinationEndpointUrl,
        region: flags.destinationRegion,
        profile: flags.destinationProfile,
      });

/** A folder that is not there is a slip of the keyboard or a disk that is not mounted: said before anything starts. */
const refuseOtherThanFolder = (side: Side, spec: StoreSpec, { mustExist }: { readonly mustExist: boolean }): void => {
  if (spec.type !== 'folder') return;
  const found = statSync(spec.path, { throwIfNoEntry: false });
  if (found === undefined && mustExist) {
    throw new UsageError(`there is no folder ${spec.path} (the ${side}): check the path, or mount the disk`);
  }
  if (found !== undefined && !found.isDirectory()) {
    throw new UsageError(`${spec.path} (the ${side}) is a file: name the folder it is in, and --include for the file`);
  }
};

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

const refuseSecret = ({ source, destination }: MigrationRequest): void => {
  for (const spec of [source, destination]) {
    if (spec.type !== 's3' || spec.secret === undefined) continue;
    throw new UsageError(
      `the keys of ${spec.name ?? spec.bucket} are in the secret "${spec.secret}", which only a deployment reads: give the store a profile here`,
    );
  }
};

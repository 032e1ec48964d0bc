// Runs `sync` and `check` against an API: what cannot be meant is refused here, then the migration is started there.
import type { Side } from '../compare/entry.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { From, Mode } from '../workflow/request.ts';
import type { ApiAddress } from './api-address.ts';
import { EXIT } from './exit.ts';
import type { PairFlags, StoreFlags } from './flags.ts';
import { followThere } from './follow-there.ts';
import { optionsOf } from './options-of.ts';
import { printEnd } from './print-result.ts';
import { quoted } from './quoted.ts';
import { openRemote } from './remote-service.ts';
import { sayBusy } from './say-busy.ts';
import type { RemoteService, Started } from './service.ts';
import { refuseAddresses } from './store-names.ts';

export const runPairThere = (
  mode: Mode,
  stores: Readonly<Record<Side, string>>,
  flags: PairFlags,
  api: ApiAddress,
): Promise<number> => {
  const options = optionsOf(flags);
  refuseAddresses(
    stores,
    `${api.from} is set: a migration there`,
    `name it in picferry.json and deploy, or start serve, again${orHere(api)}`,
  );
  refuseStoreFlags(flags, api);
  return runThere((service) => service.start({ ...stores, mode, options }), flags, api);
};

export const runFromThere = (from: From, flags: PairFlags, api: ApiAddress): Promise<number> =>
  runThere((service) => service.start(from), flags, api);

/** Whoever set the variable long ago may not think of it now. */
const orHere = ({ from }: ApiAddress): string =>
  from === 'PICFERRY_API' ? '; to run it on this machine, unset PICFERRY_API or give --state-dir' : '';

const STORE_FLAGS: Readonly<Record<keyof StoreFlags, string>> = {
  sourceEndpointUrl: '--source-endpoint-url',
  sourceRegion: '--source-region',
  sourceProfile: '--source-profile',
  destinationEndpointUrl: '--destination-endpoint-url',
  destinationRegion: '--destination-region',
  destinationProfile: '--destination-profile',
};

const refuseStoreFlags = (flags: StoreFlags, api: ApiAddress): void => {
  for (const [name, flag] of Object.entries(STORE_FLAGS)) {
    if (flags[name as keyof StoreFlags] === undefined) continue;
    throw new UsageError(
      `${flag} means nothing to a migration that runs elsewhere (${api.from} is set): say it in picferry.json, and deploy, or start serve, again${orHere(api)}`,
    );
  }
};

const runThere = async (
  start: (service: RemoteService) => Promise<Started>,
  flags: PairFlags,
  api: ApiAddress,
): Promise<number> => {
  const json = flags.json === true;
  const service = await openRemote(api, flags, process.env);
  try {
    const started = await (flags.detach ? start(service) : followThere(service, () => start(service)));
    if (started.kind === 'busy') return await sayBusy(service, started.id, json);
    if (!flags.detach) return await printEnd(service, started.id, json);
    process.stdout.write(json ? `${JSON.stringify({ id: started.id })}\n` : `${started.id}\n`);
    process.stderr.write(
      `It runs ${service.where}; "picferry watch ${quoted(started.id)}${service.flags}" follows it.\n`,
    );
    return EXIT.fine;
  } finally {
    await service.close();
  }
};

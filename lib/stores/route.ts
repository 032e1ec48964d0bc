// Chooses how pictures travel: within the service where one side's credentials reach both, else through this process.
import type { CopyRoute, OpenRoute } from './copy.ts';
import type { Store } from './store.ts';
import { openStreamRoute } from './stream-copy.ts';

export const openRoute: OpenRoute = (source, destination, options) => {
  if (!options.sameService || !bothS3(source, destination)) return openStreamRoute(source, destination, options);
  let route: Promise<CopyRoute> | undefined;
  const opened = (): Promise<CopyRoute> => {
    route ??= import('./s3/server-side-copy.ts').then((s3) => s3.openServerSideRoute(source, destination, options));
    return route;
  };
  return { copy: async (line, task) => (await opened()).copy(line, task) };
};

/** Whether the destination's credentials can read this key of the source where it is; never for a folder. */
export const probeSameService = async (source: Store, destination: Store, key: string): Promise<boolean> => {
  if (!bothS3(source, destination)) return false;
  const s3 = await import('./s3/probe.ts');
  return s3.probeSameService(source, destination, key);
};

const bothS3 = (source: Store, destination: Store): boolean =>
  source.spec.type === 's3' && destination.spec.type === 's3';

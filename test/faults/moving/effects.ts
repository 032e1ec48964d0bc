// Everything a step asks of the world, one call at a time: what stands around a call may count, hold, lose or refuse it.
import type { HostPorts } from '../../../lib/embedded/host.ts';
import type { Judge, S3Client, S3Request } from '../../../lib/stores/s3/client.ts';
import { S3Store } from '../../../lib/stores/s3/store.ts';
import type { ListingPage, Store } from '../../../lib/stores/store.ts';
import type { Records, ReportFiles } from '../../../lib/workflow/ports.ts';
import { instead } from '../instead.ts';

export interface Effect {
  readonly port: 'records' | 'files' | 'source' | 'destination';
  readonly method: string;
  /** A document's sk, a file's path, a picture's key. */
  readonly about: string;
}

/** Not calling `go` keeps the effect from happening; calling it and throwing loses only the answer. */
export type Around = <T>(effect: Effect, go: () => Promise<T>) => Promise<T>;

/** The same ports, or a step's context, with `around` at every call. */
export const through = <P extends HostPorts>(ports: P, around: Around): P => ({
  ...ports,
  records: recordsThrough(ports.records, around),
  files: filesThrough(ports.files, around),
  openStore: (async (spec, side) =>
    around({ port: side, method: 'open', about: '' }, async () =>
      storeThrough(await ports.openStore(spec, side), side, around),
    )) satisfies HostPorts['openStore'],
});

const recordsThrough = (records: Records, around: Around): Records => ({
  get: (pk, sk) => around({ port: 'records', method: 'get', about: sk }, () => records.get(pk, sk)),
  put: (document, expect) =>
    around({ port: 'records', method: 'put', about: document.sk }, () => records.put(document, expect)),
  remove: (pk, sk) => around({ port: 'records', method: 'remove', about: sk }, () => records.remove(pk, sk)),
  list: async function* (pk, skPrefix) {
    const listing = around({ port: 'records', method: 'list', about: skPrefix }, async () =>
      records.list<never>(pk, skPrefix),
    );
    yield* await listing;
  },
  newest: (index, options) =>
    around({ port: 'records', method: 'newest', about: index }, () => records.newest(index, options)),
});

const filesThrough = (files: ReportFiles, around: Around): ReportFiles => {
  const effect = (method: string, about: string): Effect => ({ port: 'files', method, about });
  return {
    where: (path) => files.where(path),
    read: (path) => around(effect('read', path), () => files.read(path)),
    has: (path) => around(effect('has', path), () => files.has(path)),
    open: (path) => around(effect('open', path), () => files.open(path)),
    write: (path, body) => around(effect('write', path), () => files.write(path, body)),
    writeAll: (path, chunks) => around(effect('write', path), () => files.writeAll(path, chunks)),
  };
};

const storeThrough = (store: Store, side: 'source' | 'destination', around: Around): Store => {
  const effect = (method: string, about: string): Effect => ({ port: side, method, about });
  const methods: Partial<Store> = {
    list: async function* (range) {
      const pages: AsyncIterator<ListingPage> = store.list(range)[Symbol.asyncIterator]();
      for (;;) {
        const page = await around(effect('list', range.after), () => pages.next());
        if (page.done) return;
        yield page.value;
      }
    },
    prefixesBelow: (prefix, most) => around(effect('prefixes', prefix), async () => store.prefixesBelow(prefix, most)),
    facts: (key, options) => around(effect('facts', key), () => store.facts(key, options)),
    read: (key, guard, options) => around(effect('read', key), () => store.read(key, guard, options)),
    write: (key, ...how) => around(effect('write', key), () => store.write(key, ...how)),
    abandon: (key, uploadId) => around(effect('abandon', key), () => store.abandon(key, uploadId)),
    md5: (entry) => around(effect('md5', entry.key), () => store.md5(entry)),
  };
  return instead(store, store instanceof S3Store ? { ...methods, ...targetThrough(store, effect, around) } : methods);
};

/** Server-side copies talk to the service themselves. */
const targetThrough = (
  { target }: S3Store,
  effect: (method: string, about: string) => Effect,
  around: Around,
): object => {
  const { client } = target;
  const send = (request: S3Request, judge: Judge<unknown>) =>
    around(effect(request.operation, request.key ?? ''), () =>
      judge ? client.send(request, judge) : client.send(request),
    );
  return { target: { ...target, client: instead(client, { send: send as S3Client['send'] }) } };
};

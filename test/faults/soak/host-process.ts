// The process that is soaked: `serve`, as the command runs it, with a disk that is full now and then, measuring itself.
import { readdir, readlink } from 'node:fs/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import type { HostPorts } from '../../../lib/embedded/host.ts';
import { serve } from '../../../lib/embedded/serve.ts';
import { seeded } from '../cameras/random.ts';
import { instead } from '../instead.ts';
import type { FromHost, Measured, ToHost } from './host.ts';

const [stateDir = '', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
/** Of writes to the state folder that fail; 0: none. */
let share = 0;
let refusals = 0;

const perhapsFull = (): void => {
  if (share === 0 || random.next() >= share) return;
  refusals += 1;
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};

const around = (ports: HostPorts): HostPorts => ({
  ...ports,
  records: instead(ports.records, {
    put: async (...args) => {
      perhapsFull();
      return ports.records.put(...args);
    },
  }),
  files: instead(ports.files, {
    write: async (...args) => {
      perhapsFull();
      return ports.files.write(...args);
    },
  }),
});

const measured = async (): Promise<Measured> => {
  globalThis.gc?.();
  // What the first collection let go of may have been holding more.
  await new Promise(setImmediate);
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space');
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => undefined)),
  );
  const open = links.filter((link) => link !== undefined);
  const resources = process.getActiveResourcesInfo();
  return {
    ...{
      rssBytes: rss,
      heapBytes: heapUsed,
      youngBytes: young?.physical_space_size ?? 0,
      externalBytes: external,
      refusals,
    },
    ...{ files: open.length, sockets: open.filter((link) => link.startsWith('socket:')).length },
    ...{ timers: resources.filter((name) => name === 'Timeout').length, resources: resources.length },
  };
};

const say = (message: FromHost): void => void process.send?.(message);
const serving = await serve({
  ...{ cwd: process.cwd(), env: process.env, stateDir, version: 'soak', allow: [], around },
  ...{ host: '127.0.0.1', port: 0, linkSeconds: 600, log: () => {} },
});
process.on('message', async (asked: ToHost) => {
  if (asked.kind === 'measure') say({ kind: 'measured', measured: await measured() });
  if (asked.kind === 'disk') share = asked.share;
  if (asked.kind !== 'stop') return;
  await serving.stop();
  process.disconnect();
});
// Ctrl-C in a terminal reaches this process too: the soak decides when it ends.
process.on('SIGINT', () => {});
// Whoever started it is gone.
process.on('disconnect', () => setTimeout(() => process.exit(0), 1_000).unref());
say({ kind: 'serving', url: serving.url, token: serving.token });

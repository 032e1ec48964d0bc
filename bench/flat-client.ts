// One check of a flat bucket with so many ranges at once: node flat-client.ts URL BUCKET RANGES STATE_DIR; prints its figures as JSON.

import { openEmbedded } from '../lib/embedded/host.ts';
import { readMigration } from '../lib/workflow/record.ts';
import { startMigration } from '../lib/workflow/start.ts';
import { DEFAULT_OPTIONS } from '../test/support/default-options.ts';

export interface FlatFigures {
  /** Seconds, from the migration's start to its end. */
  readonly wall: number;
  readonly listed: number;
}

const [url = '', bucket = '', ranges = '1', stateDir = ''] = process.argv.slice(2);
// As between buckets of AWS, which answers as fast however much it is asked: nothing is tried out first.
const host = await openEmbedded({ stateDir, limits: { listStreams: Number(ranges) * 2, nearPageMs: 0 } });
const store = (name: string) =>
  ({ type: 's3', bucket: name, prefix: '', region: 'us-east-1', endpointUrl: url, createOnly: 'headFirst' }) as const;

const began = performance.now();
// Nothing is missing on an empty source's destination: what is measured is listing, not writing lists.
const started = await startMigration(
  { mode: 'check', source: store('nothing'), destination: store(bucket), options: DEFAULT_OPTIONS },
  host,
);
if (started.kind !== 'started') throw new Error(JSON.stringify(started));
await host.executions.finished(started.id);
const wall = (performance.now() - began) / 1_000;
const record = await readMigration(host.records, started.id);
await host.close();
if (record?.status !== 'done') throw new Error(record?.message ?? 'it did not end');
const [listed = 0] = record.rounds[0]?.comparison?.statistics.listed.destination ?? [];
console.log(JSON.stringify({ wall, listed } satisfies FlatFigures));

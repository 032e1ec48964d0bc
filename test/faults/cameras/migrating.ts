// Migrations in both directions of a pair, one after the other and asked for at once: the lock lets one of two in.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedHost } from '../../../lib/embedded/host.ts';
import { readMigration } from '../../../lib/workflow/record.ts';
import type { MigrationRequest } from '../../../lib/workflow/request.ts';
import { startMigration } from '../../../lib/workflow/start.ts';
import { type Ended, whenItEnds } from '../../support/embedded-migration.ts';
import { namedBy } from '../named.ts';
import { proveSums } from '../proof.ts';
import type { Side, World } from '../world.ts';
import type { Album } from './album.ts';

export interface Migrating {
  readonly world: World;
  readonly host: EmbeddedHost;
  readonly album: Album;
  readonly minAgeMs: number;
}

export interface Made {
  readonly ended: number;
  readonly refused: number;
}

export const directionsOf = ({ source, destination }: World): readonly (readonly [Side, Side])[] => [
  [source, destination],
  [destination, source],
];

const requestFrom = ([from, to]: readonly [Side, Side], { world, minAgeMs }: Migrating): MigrationRequest => {
  const asked = world.request('sync', from.spec.type === 'folder' ? { minAgeMs } : {});
  return { ...asked, source: from.spec, destination: to.spec };
};

/** Asks for both directions at once; whichever is refused is asked for again when the other one has ended. */
export const bothAtOnce = async (all: Migrating): Promise<Made> => {
  const { host, world } = all;
  const directions = directionsOf(world);
  const before = directions.map(([from]) => all.album.sentTo(from));
  const started = await Promise.all(directions.map((one) => startMigration(requestFrom(one, all), host)));
  const won = started.findIndex(({ kind }) => kind === 'started');
  assert.deepEqual(started.map(({ kind }) => kind).sort(), ['busy', 'started'], 'the lock lets one of two in');
  const [winner, loser] = [started[won]!, started[1 - won]!];
  if (winner.kind === 'started' && loser.kind === 'busy') assert.equal(loser.id, winner.id, 'and names it');
  await prove(await whenItEnds(winner, host), directions[won]!, before[won]!, all);
  await oneWay(directions[1 - won]!, all);
  return { ended: 2, refused: 1 };
};

export const oneWay = async (direction: readonly [Side, Side], all: Migrating): Promise<Ended> => {
  const before = all.album.sentTo(direction[0]);
  const ended = await whenItEnds(await startMigration(requestFrom(direction, all), all.host), all.host);
  await prove(ended, direction, before, all);
  return ended;
};

/** What a camera had sent to the source before the migration began is on the destination now, or in one of its lists. */
const prove = async (
  ended: Ended,
  [, to]: readonly [Side, Side],
  before: readonly string[],
  { album, host }: Migrating,
) => {
  const { id, report } = ended;
  assert.equal(report.status, 'done', `${report.cause} ${report.message}`);
  const record = (await readMigration(host.records, id))!;
  proveSums(record);
  const named = await namedBy(record, host);
  const there = await to.keys();
  const lost = before.filter((key) => !there.has(key) && !named.has(key));
  assert.deepEqual(lost, [], `${id}: neither on the destination nor named`);
  assert.ok(report.outcomes.copied.count <= album.taken.size);
};

/** Long enough for the last picture to be older than `--min-age`. */
export const settle = (minAgeMs: number): Promise<void> => sleep(minAgeMs + 100);

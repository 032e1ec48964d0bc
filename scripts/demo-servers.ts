// Makes two servers to migrate between: a day of pictures on the old one, what cameras sent since an evening on the new one.
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { drawPicture } from './demo-picture.ts';

const DAY = Date.UTC(2026, 5, 21);
const STEP_SECONDS = 10;
const A_DAY = 86_400 / STEP_SECONDS;
/** The new server is sent pictures since 20:00, and until 01:00 of the next day, which the old one never saw. */
const SINCE = (20 / 24) * A_DAY;
const UNTIL = (25 / 24) * A_DAY;

export interface Servers {
  readonly oldServer: string;
  readonly newServer: string;
}

export const makeServers = async (folder: string): Promise<Servers> => {
  const servers = { oldServer: join(folder, 'old-server'), newServer: join(folder, 'new-server') };
  // Only what an earlier run of this very script made.
  await rm(servers.oldServer, { recursive: true, force: true });
  await rm(servers.newServer, { recursive: true, force: true });
  await pMap(
    Array.from({ length: UNTIL }, (_, i) => i),
    async (i) => {
      const picture = drawPicture((i % A_DAY) / A_DAY, i);
      if (i < A_DAY) await place(servers.oldServer, i, picture);
      if (i >= SINCE) await place(servers.newServer, i, picture);
    },
    { concurrency: 16 },
  );
  return servers;
};

const made = new Map<string, Promise<unknown>>();

const place = async (server: string, i: number, picture: Buffer): Promise<void> => {
  const capturedAt = new Date(DAY + i * STEP_SECONDS * 1_000);
  const name = capturedAt.toISOString().replace(/\D/g, '').slice(0, 14);
  const path = join(server, 'cam1', 'pictures', name.slice(0, 8), `${name}.jpg`);
  const folder = dirname(path);
  if (!made.has(folder)) made.set(folder, mkdir(folder, { recursive: true }));
  await made.get(folder);
  await writeFile(path, picture);
  await utimes(path, capturedAt, capturedAt);
};

// Small pictures on disk, named as cameras name them: 58,300 of them, or fewer.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CAMERAS = 5;
const DAYS = 20;
const DAY_MS = 86_400_000;

export const pictureNames = (count: number): string[] => {
  const perDay = Math.ceil(count / (CAMERAS * DAYS));
  return Array.from({ length: count }, (_, i) => {
    const camera = Math.floor(i / (perDay * DAYS)) + 1;
    const day = Math.floor(i / perDay) % DAYS;
    const at = Date.UTC(2026, 0, 1) + day * DAY_MS + Math.floor(((i % perDay) * DAY_MS) / perDay);
    const stamp = new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
    return `cam${camera}/pictures/${stamp.slice(0, 8)}/${stamp}.jpg`;
  });
};

/** `bytes`: of each. */
export const makePictures = async (folder: string, names: readonly string[], bytes: number): Promise<void> => {
  const filling = Buffer.alloc(bytes, 0x2e);
  const folders = new Set(names.map((name) => join(folder, name, '..')));
  for (const one of folders) await mkdir(one, { recursive: true });
  for (const name of names) {
    filling.write(name);
    await writeFile(join(folder, name), filling);
  }
};

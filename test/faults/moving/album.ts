// Seven pictures of two cameras on the source, some of them on the destination already: small, but with every finding.
import { pictures } from '../../support/embedded-migration.ts';
import type { World } from '../world.ts';

export const fill = async ({ source, destination }: World): Promise<void> => {
  const all = [...Object.entries(pictures(5)), ...Object.entries(pictures(3, 'cam2'))];
  for (const [key, content] of all) await source.put(key, content);
  for (const [key, content] of all.slice(0, 1)) await destination.put(key, content);
  await source.put('cam1/other.jpg', 'one');
  await destination.put('cam1/other.jpg', 'another');
  await destination.put('cam2/only-there.jpg', 'there');
};

/** What the source has and the destination lacks. */
export const MISSING = 7;

/** The same numbers in the same order every time: for samples of a product that is too large. */
export const sampleOf = <T>(all: readonly T[], most: number, seed: number): readonly T[] => {
  if (process.env.PICFERRY_FAULTS === 'all' || all.length <= most) return all;
  const left = [...all];
  let state = seed;
  return Array.from({ length: most }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(state % left.length, 1)[0]!;
  });
};

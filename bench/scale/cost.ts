// What a migration on paper costs at list prices, beside what S3 alone would ask for the same requests.
import { LIST_PRICES } from '../../lib/stores/prices.ts';
import type { Used } from './migration.ts';

const PAGE = 1_000;
const LAMBDA_GIGABYTES = 1_769 / 1_024;
const REQUESTS = LIST_PRICES.classes.STANDARD!.writePerThousand / 1e3;

/** A copy of each missing picture, and full pages of both sides before and after. */
export const bareUsd = ({ pictures, copies }: Pick<Used, 'pictures' | 'copies'>): number => {
  const pages = (4 * pictures - copies) / PAGE;
  return copies * REQUESTS + (pages * LIST_PRICES.listPerThousand) / 1e3;
};

/** USD by what it is asked for. A shard is written once and read once. */
export const costsOf = (used: Used): Readonly<Record<string, number>> => ({
  'copy requests': used.copies * REQUESTS,
  'list requests': (used.lists * LIST_PRICES.listPerThousand) / 1e3,
  shards: used.shards * (REQUESTS + LIST_PRICES.readPerThousand / 1e3),
  Lambda:
    (used.lambdaMs / 1e3) * LAMBDA_GIGABYTES * LIST_PRICES.lambdaPerGbSecond +
    (used.invocations * LIST_PRICES.lambdaPerMillion) / 1e6,
  'table writes': (used.writeUnits * LIST_PRICES.tableWritesPerMillion) / 1e6,
  transitions: (used.transitions * LIST_PRICES.transitionsPerThousand) / 1e3,
});

export const usdOf = (used: Used): number => Object.values(costsOf(used)).reduce((sum, one) => sum + one, 0);

/** How many times what S3 alone would ask. */
export const timesBare = (used: Used): number => usdOf(used) / bareUsd(used);

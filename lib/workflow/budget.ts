// What `--max-cost` leaves for copying, and which item of a copy plan gets how much of it.
import { noPages } from './pages.ts';
import type { CopyItem } from './payloads.ts';
import type { MigrationRecord } from './record.ts';
import { type Asked, type Terms, usdOfComparing, usdOfPicture, usdOfPlanning, usdOfRunning } from './terms.ts';

/** Kept back for what nobody sees coming: copies that a killed Lambda made and did not write down, answers of 412. */
const KEPT_BACK = 0.01;
/** A comparison lists what was copied, too, and may cut other ranges than the one before. */
const MORE_PAGES = 1.15;
/** The beginning, the task, the choice, the end; and as many again where it loops once. */
const CHILD = { transitions: 6, invocations: 2, tableWrites: 40 };
const CHILD_SECONDS = 2;
/** S3 answers within 100 to 200 ms; 64 are waited for at once, or as many as share a prefix's 3,500 writes a second. */
const COPY_SECONDS = 0.2;

/** USD, as far as figures tell: listings that were counted, and what copying items noted as begun. */
export const spentUsd = ({ rounds, planRequests = 0 }: MigrationRecord, terms: Terms): number =>
  rounds.reduce(
    (sum, { comparison: { pages = noPages(), looks = 0 } = {}, copying }) =>
      sum + usdOfComparing({ pages, looks }, terms) + (copying?.chargedUsd ?? 0),
    usdOfPlanning(planRequests, terms),
  );

/** What may be spent on copying now: the comparison that follows is paid from the rest. */
export const leftUsd = (maxCostUsd: number, spent: number, asked: Asked, copyList: number, terms: Terms): number => {
  // What was copied is listed there as well: in as many pages as all of the source took, where a service's pages are small.
  const more = Math.min(copyList, Math.max(Math.ceil(copyList / 1_000), asked.pages.source)) + 1;
  const comparing = usdOfComparing(asked, terms) + more * terms.destination.list;
  return maxCostUsd * (1 - KEPT_BACK) - spent - comparing * MORE_PAGES;
};

/** For one Copy child, whatever it copies. */
const usdOfChild = ({ billing: { prices, lambda } }: Terms): number =>
  lambda === undefined ? 0 : usdOfRunning({ ...CHILD, gigabyteSeconds: CHILD_SECONDS * lambda.gigabytes }, prices);

/** What an attempt at one picture is charged with: its requests and bytes, and its share of the Lambda's time. */
export const usdOfAttempt = (terms: Terms, sizeBytes: number, atOnce: number): number => {
  const { prices, lambda } = terms.billing;
  const running = lambda ? (COPY_SECONDS / atOnce) * lambda.gigabytes * prices.lambdaPerGbSecond : 0;
  return usdOfPicture(terms, sizeBytes) + running;
};

/** At most: of pictures that travel in parts there are no more than bytes for them. */
const usdOfItem = (terms: Terms, { amount: { count, bytes } }: CopyItem, atOnce: number): number => {
  const inParts = Math.min(count, Math.floor(bytes / (terms.wholeMaxBytes + 1)));
  const more = usdOfAttempt(terms, terms.wholeMaxBytes + 1, atOnce) - usdOfAttempt(terms, 0, atOnce);
  const parts = inParts === 0 ? 0 : (bytes / terms.partSizeBytes) * terms.destination.write;
  return (
    usdOfChild(terms) +
    count * usdOfAttempt(terms, 0, atOnce) +
    inParts * Math.max(0, more) +
    parts +
    bytes * terms.transferPerByte
  );
};

/**
 * In the order of the plan, so that what goes first is paid first. An item with 0 is not begun; where nothing costs, nothing
 * is limited. What is left beyond what all of them want pays for what they have to try again.
 */
export const allotted = (items: readonly CopyItem[], left: number, terms: Terms, atOnce: number): CopyItem[] => {
  const [ofChild, least] = [usdOfChild(terms), usdOfAttempt(terms, 0, atOnce)];
  const usd = items.map((item) => usdOfItem(terms, item, atOnce));
  const all = usd.reduce((sum, one) => sum + one, 0);
  const times = Math.max(1, all > 0 ? left / all : 1);
  let rest = left;
  return items.map((item, i) => {
    const wanted = usd[i]! * times;
    if (wanted === 0) return item;
    const share = Math.min(wanted, rest);
    // Not even one picture: nobody has to be started to find that out.
    if (share < ofChild + least) return { ...item, budgetUsd: 0 };
    rest -= share;
    return { ...item, budgetUsd: share - ofChild };
  });
};

export const isBeyondBudget = ({ budgetUsd }: CopyItem): boolean => budgetUsd === 0;

// One case as plain JSON: what stands where, what is asked for, and what breaks when. Small ones are found by shrinking.
import type { Limits } from '../../../lib/workflow/limits.ts';
import type { Mode, Options } from '../../../lib/workflow/request.ts';
import type { Stores } from '../ledger.ts';

export interface Picture {
  readonly bytes: number;
  /** Same letter and size: same content. */
  readonly content: 'a' | 'b';
  /** How long ago it was modified. */
  readonly ageMs: number;
  /** S3 only, from here on. `expired`: in GLACIER, restored once. */
  readonly storage?: 'GLACIER' | 'DEEP_ARCHIVE' | 'GLACIER_IR' | 'restored' | 'expired';
  /** Its ETag is no MD5. */
  readonly etag?: 'kms' | 'parts';
  /** `mtime` metadata: made so long ago. */
  readonly madeMs?: number;
  readonly tag?: string;
}

export interface Place {
  readonly key: string;
  readonly source?: Picture;
  readonly destination?: Picture;
}

export const S3_FAULTS = [
  ...['slow down', 'slow down for a while', 'internal error', 'reset before', 'reset after', 'lost answer'],
  ...[
    'cut body',
    'cut body',
    'corrupted',
    'corrupted',
    'corrupted',
    'error inside a 200',
    'access denied',
    'conflict',
    'slow answer',
    'slow answer',
  ],
  ...['listing without its token', 'listing out of order', 'listing names a key twice', 'listing cut short'],
] as const;
export const CALL_FAULTS = [
  ...['fails', 'fails for a while', 'is done, its answer lost', 'no space left'],
  ...['invocation dies', 'invocation dies once it is done', 'refused'],
  ...['cancel', 'stop', 'close'],
] as const;
export type S3Fault = (typeof S3_FAULTS)[number];
export type CallFault = (typeof CALL_FAULTS)[number];

export type Fault =
  | { readonly kind: 'S3'; readonly at: number; readonly what: S3Fault }
  | { readonly kind: 'call'; readonly at: number; readonly what: CallFault }
  /** Somebody else writes or deletes. */
  | {
      readonly kind: 'move';
      readonly at: number;
      readonly side: 'source' | 'destination';
      readonly key: string;
      readonly to: Picture | null;
    };

export interface Case {
  readonly stores: Stores;
  readonly createOnly: 'native' | 'headFirst';
  readonly pageSize: number;
  readonly places: readonly Place[];
  readonly mode: Mode;
  /** Times are so many ms before the case begins. */
  readonly options: Omit<Partial<Options>, 'modifiedAfter' | 'modifiedBefore'> & {
    readonly modifiedAfterMs?: number;
    readonly modifiedBeforeMs?: number;
  };
  /** A migration before, whose lists are copied from: a check, or a sync of whose copy list some failed. */
  readonly from?: 'missing' | 'failed';
  /** After a disturbed one: what it left is copied from its lists, undisturbed. */
  readonly thenFrom?: 'missing' | 'failed';
  readonly limits: Partial<Limits>;
  /** Tasks at once. */
  readonly atOnce: number;
  readonly deployed: boolean;
  /** Invocations hand on after so many looks at the clock. */
  readonly handOnAfter?: number;
  readonly faults: readonly Fault[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
export const YEAR = 365 * DAY;
export const AGES = [6 * YEAR, 3 * YEAR, 3 * YEAR + 500, 2 * DAY, 40_000, 8_000] as const;

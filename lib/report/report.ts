// What a report says: figures only, no key and no pattern, so that report.json stays under 4,096 bytes at any size.

import type { Amount } from '../compare/entry.ts';
import type { Outcomes } from '../compare/outcomes.ts';
import type { CompactStatistics } from '../compare/statistics.ts';
import type { Forecast } from './forecast.ts';

export const REPORT_MAX_BYTES = 4_096;

export interface Report {
  readonly id: string;
  readonly mode: 'check' | 'sync';
  readonly status: 'running' | 'stopping' | 'done' | 'failed' | 'cancelled';
  readonly cause?: string;
  readonly message?: string;
  /** Addresses, shortened where a prefix is very long; request.json has them whole. */
  readonly source: string;
  readonly destination: string;
  /** How never overwriting is guaranteed on the destination. */
  readonly createOnly: 'native' | 'headFirst' | 'exclusiveLink';
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** When the oldest listing behind `remaining` began, ISO 8601; absent where no comparison was completed. */
  readonly asOf?: string;
  /** Round 1's findings by side and kind; absent where no comparison was completed: nothing is known then. */
  readonly findings?: CompactStatistics;
  readonly outcomes: Outcomes;
  /** `failed` and `notTried` of the last copying round by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Absent where no comparison was completed. */
  readonly remaining?: Amount;
  /** By the same comparisons: what differed on the destination and was not to be replaced. */
  readonly kept?: Amount;
  /** Comparisons made. */
  readonly rounds: number;
  /** What a sync of round 1's copy list would take; absent where no comparison was completed. */
  readonly forecast?: Forecast;
}

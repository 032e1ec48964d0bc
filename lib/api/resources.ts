// What the API answers with, and what `--json` prints: the same names and figures in both.
import type { Amount } from '../compare/entry.ts';
import type { Outcomes } from '../compare/outcomes.ts';
import type { Report } from '../report/report.ts';
import type { Result } from '../report/result.ts';
import type { Examples } from '../workflow/invocation.ts';
import type { MigrationProgress } from '../workflow/progress.ts';
import type { MigrationRequest } from '../workflow/request.ts';
import type { Link } from './ports.ts';

/** One line of `GET /migrations`. `report` says where report.json is. */
export interface MigrationSummary extends Result {
  readonly mode: Report['mode'];
  /** Addresses. */
  readonly source: string;
  readonly destination: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly asOf?: string;
}

/** One round, as far as it has been closed. */
export interface RoundFigures {
  readonly round: number;
  readonly copyList?: Amount;
  readonly remaining?: Amount;
  readonly outcomes?: Outcomes;
}

/** `GET /migrations/{id}`. */
export interface MigrationDetail extends MigrationSummary {
  readonly request: MigrationRequest;
  readonly progress: MigrationProgress;
  readonly roundFigures: readonly RoundFigures[];
}

/** Where files of a migration are, for people: a path or an s3:// address. Only those that exist. */
export interface Places {
  readonly report?: string;
  readonly page?: string;
  readonly missing?: string;
  /** The folder of the last copying round's lists of failures. */
  readonly failed?: string;
}

export interface FailedListLink extends Link {
  readonly round: number;
  readonly outcome: string;
  readonly count: number;
}

/** `GET /migrations/{id}/report`. `links` are made by whoever serves HTTP; files that do not exist (yet) have none. */
export interface ReportView {
  readonly report: Report;
  readonly examples: Examples;
  readonly places: Places;
  readonly links?: {
    readonly 'report.html'?: Link;
    readonly 'report.json'?: Link;
    readonly 'missing.jsonl.gz'?: Link;
    /** Instead of the missing list where that would be over 1 GB: names its shards. */
    readonly 'missing-index.json'?: Link;
    /** The first 100; `failedLists` says how many there are. */
    readonly failed: readonly FailedListLink[];
    readonly failedLists: number;
  };
}

/** application/problem+json (RFC 9457): `detail` says what to do. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** 409: the migration that holds the pair's lock, or the one that has not ended. */
  readonly migrationId?: string;
}

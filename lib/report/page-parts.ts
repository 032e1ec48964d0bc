// What the page's parts are made from.
import type { PageRequest } from './page-request.ts';
import type { Report } from './report.ts';
import type { Result } from './result.ts';

export interface PageInput {
  readonly report: Report;
  /** The first keys of each finding and reason, as examples.json has them; `{}` where there is none yet. */
  readonly examples: Readonly<Record<string, readonly string[]>>;
  readonly request: PageRequest;
}

export interface PageParts extends PageInput {
  readonly result: Result;
}

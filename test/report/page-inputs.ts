// What pages are made from, for tests of pages.

import type { PageInput } from '../../lib/report/page-parts.ts';
import type { MigrationRequest, Options } from '../../lib/workflow/request.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';
import { type GivenReport, givenReport } from './reports.ts';

export interface GivenPage {
  readonly report?: GivenReport;
  readonly examples?: PageInput['examples'];
  readonly request?: Partial<Omit<MigrationRequest, 'options'>>;
  readonly options?: Partial<Options>;
}

export const givenPage = ({ report, examples = {}, request, options }: GivenPage = {}): PageInput => ({
  report: givenReport({ endedAt: '2026-05-01T12:02:05.000Z', ...report }),
  examples,
  request: {
    source: { type: 'folder', path: '/old' },
    destination: { type: 'folder', path: '/new' },
    ...request,
    options: { ...DEFAULT_OPTIONS, ...options },
  },
});

// Answers of an API, for tests of what the command line makes of them.

import type { MigrationDetail, ReportView } from '../../lib/api/resources.ts';
import type { ScheduleView } from '../../lib/api/schedule.ts';
import { noOutcomes } from '../../lib/compare/outcomes.ts';
import type { Report } from '../../lib/report/report.ts';
import { resultOf } from '../../lib/report/result.ts';
import { amount, givenReport } from '../report/reports.ts';
import { DEFAULT_OPTIONS } from '../support/default-options.ts';
import type { Reply } from '../support/scripted-s3.ts';

export const ID = '20260501-120000-abcdef';
export const WHERE = 's3://reports/migrations/report.json';
export const OPTIONS = DEFAULT_OPTIONS;

export const report: Report = givenReport({ id: ID });

export const detail = (status: MigrationDetail['status'] = 'done', id = ID): MigrationDetail => ({
  ...resultOf({ ...report, id, status }, WHERE),
  mode: 'sync',
  source: '/old',
  destination: '/new',
  startedAt: report.startedAt,
  request: {
    mode: 'sync',
    source: { type: 'folder', path: '/old' },
    destination: { type: 'folder', path: '/new' },
    options: OPTIONS,
  },
  progress: {
    phase: status === 'running' ? 'listing' : 'ended',
    round: 1,
    listed: { source: amount(1), destination: amount(1) },
    missing: amount(0),
    copyList: amount(0),
    outcomes: noOutcomes(),
  },
  roundFigures: [{ round: 1, copyList: amount(3), remaining: amount(1), outcomes: noOutcomes() }],
});

const link = (name: string) => ({ url: `https://reports.example.org/${name}`, expiresAt: '2026-05-01T13:00:00.000Z' });

export const reportView: ReportView = {
  report: { ...report, reasons: { accessDenied: 2 } },
  examples: { accessDenied: ['cam1/1.jpg'] },
  places: { report: WHERE, page: 's3://reports/migrations/report.html' },
  links: {
    'report.html': link('report.html'),
    failed: [{ ...link('failed'), round: 1, outcome: 'failed', count: 2 }],
    failedLists: 1,
  },
};

export const schedule: ScheduleView = {
  name: 'nightly',
  expression: 'rate(1 day)',
  timeZone: 'UTC',
  request: { source: 'old', destination: 'new', mode: 'sync', options: { ...OPTIONS, include: [], exclude: [] } },
  createdAt: '2026-05-01T12:00:00.000Z',
  runs: [
    { at: '2026-05-01T12:00:00.000Z', outcome: 'started', migrationId: ID },
    { at: '2026-05-02T12:00:00.000Z', outcome: 'refused', message: 'The store is gone.' },
  ],
  nextAt: '2026-05-03T12:00:00.000Z',
};

export const json = (body: unknown, status = 200): Reply => ({ status, body: JSON.stringify(body) });
export const problem = (status: number, text: string, migrationId?: string): Reply =>
  json({ type: 'about:blank', title: 'No', status, detail: text, migrationId }, status);

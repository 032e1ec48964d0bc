// Which files a report has, and that an API's answer names none of them.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { ReportView } from '../../lib/api/resources.ts';
import { reportFiles } from '../../lib/cli/report-files.ts';

type Links = NonNullable<ReportView['links']>;

const link = { url: 'https://reports.example.org/x', expiresAt: '2026-05-01T12:00:00.000Z' };
const list = (round: unknown, outcome: string) => ({ ...link, count: 1, round: round as number, outcome });
const open = async () => Readable.from([]);

test('known files, and one for the lists of each outcome', () => {
  const failed = [list(2, 'failed'), list(2, 'failed'), list(2, 'changedOnSource')];
  const links: Links = { 'report.json': link, 'missing.jsonl.gz': link, failed, failedLists: 3 };
  assert.deepEqual(
    reportFiles(links, open).map(({ name }) => name),
    ['report.json', 'missing.jsonl.gz', 'round-2-failed.jsonl.gz', 'round-2-changedOnSource.jsonl.gz'],
  );
});

test('nothing of another name, whatever the answer says; what is left out is told', (t) => {
  const said = t.mock.method(process.stderr, 'write', () => true);
  const failed = [
    ...[list('/../../../x', 'failed'), list(1e99, 'failed'), list(2, '/../x'), list(2, 'toString')],
    list(2, 'failed'),
  ];
  const links = { 'report.html': link, '../../.bashrc': link, constructor: link, failed, failedLists: 5 } as Links;
  assert.deepEqual(
    reportFiles(links, open).map(({ name }) => name),
    ['report.html', 'round-2-failed.jsonl.gz'],
  );
  assert.match(String(said.mock.calls[0]?.arguments[0]), /there are 5 lists .* only 1 of them/);
});

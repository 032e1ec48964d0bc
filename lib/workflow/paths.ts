// Where a migration's files are in the reports bucket (deployed) or the reports folder (embedded).

const root = (id: string): string => `migrations/${id}`;
const round = (id: string, n: number): string => `${root(id)}/round-${n}`;
const numbered = (index: number): string => String(index).padStart(6, '0');

export const requestPath = (id: string): string => `${root(id)}/request.json`;
export const reportPath = (id: string): string => `${root(id)}/report.json`;
export const reportPagePath = (id: string): string => `${root(id)}/report.html`;
export const examplesPath = (id: string): string => `${root(id)}/examples.json`;
export const missingPath = (id: string): string => `${root(id)}/missing.jsonl.gz`;
/** Stands in for the missing list where that would be over 1 GB. */
export const missingIndexPath = (id: string): string => `${root(id)}/missing-index.json`;
export const planPath = (id: string, n: number): string => `${round(id, n)}/plan.json`;
/** One attempt's: the record names the one that became plan.json. */
export const attemptedPlanPath = (id: string, n: number, attempt: string): string =>
  `${round(id, n)}/plan-${attempt}.json`;
export const copyPlanPath = (id: string, n: number): string => `${round(id, n)}/copy-plan.json`;
/** The items that `--max-cost` leaves something for, where it does not for all. */
export const affordableCopyPlanPath = (id: string, n: number): string => `${round(id, n)}/affordable-copy-plan.json`;

/** Under the attempt's own name: what no commit names is nobody's. */
export const shardPath = (id: string, n: number, task: number, attempt: string, sequence: number): string =>
  `${round(id, n)}/copy-list/${numbered(task)}-${attempt}-${sequence}.jsonl.gz`;
/** Whose range a shard is from: the same for all of a task's. */
export const taskIn = (path: string): string => path.slice(0, path.indexOf('-', path.lastIndexOf('/')));
export const shardListPath = (id: string, n: number, task: number, attempt: string, sequence: number): string =>
  `${round(id, n)}/copy-list/${numbered(task)}-${attempt}-${sequence}.json`;
export const leftPath = (id: string, n: number, task: number, attempt: string, sequence: number): string =>
  `${round(id, n)}/left/${numbered(task)}-${attempt}-${sequence}.jsonl.gz`;
export const failedPath = (id: string, n: number, item: number, attempt: string, sequence: number, outcome: string) =>
  `${round(id, n)}/failed/${numbered(item)}-${attempt}-${sequence}-${outcome}.jsonl.gz`;
export const failedListPath = (id: string, n: number, item: number, attempt: string, sequence: number): string =>
  `${round(id, n)}/failed/${numbered(item)}-${attempt}-${sequence}.json`;
export const uploadsPath = (id: string, n: number, item: number, attempt: string, sequence: number): string =>
  `${round(id, n)}/uploads/${numbered(item)}-${attempt}-${sequence}.json`;

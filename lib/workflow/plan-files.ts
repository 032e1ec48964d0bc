// Plans and lists of files, read back as what was written: whoever may write into the reports bucket may have changed them.
import { type Amount, sameAmount } from '../compare/entry.ts';
import type { OpenUpload } from '../stores/copy.ts';
import { amountOf } from './copy-plan.ts';
import type { Examples } from './invocation.ts';
import type { OutcomeFile, Uploads } from './item-document.ts';
import { isSize, jsonIn, readJson } from './lines.ts';
import { examplesPath } from './paths.ts';
import type { CopyItem, PlanTask, ShardRef } from './payloads.ts';
import type { ReportFiles } from './ports.ts';

type Fields<T> = Partial<Record<keyof T, unknown>>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const all = (isOne: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isOne);

const isAmount = (value: unknown): boolean => {
  const { count, bytes } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isSize(count) && isSize(bytes);
};

const isRange = (value: unknown): boolean => {
  const { after, upTo } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isText(after) && (upTo === null || isText(upTo));
};

export const isTask = (value: unknown): value is PlanTask => {
  const { index, ranges } = (value ?? {}) as Fields<PlanTask>;
  return isSize(index) && all(isRange)(ranges);
};

/** Of a migration's files, and never out of them. */
const OWN_PATH = /^migrations(\/[\w-][\w.-]*)+$/;

const isList = (value: unknown): boolean => {
  const { path, finding, count, bytes, listedAt } = (value ?? {}) as Fields<ShardRef>;
  const isKnown = finding === 'missingOnDestination' || finding === 'different';
  return isText(path) && OWN_PATH.test(path) && isKnown && isAmount({ count, bytes }) && Number.isFinite(listedAt);
};

const isShard = (value: unknown): boolean => {
  const { newest, oldest, range, sequence } = (value ?? {}) as Fields<ShardRef>;
  return isList(value) && [newest, oldest].every(Number.isFinite) && Number.isFinite(range) && isSize(sequence);
};

export const isCopyItem = (value: unknown): value is CopyItem => {
  const { index, shards, amount, fromPosition, items, sharing, budgetUsd } = (value ?? {}) as Fields<CopyItem>;
  if (!isSize(index) || !all(isShard)(shards) || !isAmount(amount)) return false;
  if (budgetUsd !== undefined && !(Number.isFinite(budgetUsd) && (budgetUsd as number) >= 0)) return false;
  // Older plans do not have these.
  if (![items, sharing].every((count) => count === undefined || (isSize(count) && count > 0))) return false;
  const whole = amountOf(shards as ShardRef[]);
  const asked = amount as Amount;
  // All of its shards' entries; or at most those from a position on.
  if (fromPosition === undefined) return sameAmount(whole, asked);
  return isSize(fromPosition) && fromPosition + asked.count <= whole.count && asked.bytes <= whole.bytes;
};

const OUTCOMES: readonly unknown[] = ['failed', 'changedOnSource', 'goneFromSource', 'notTried'];
const isOutcomeFile = (value: unknown): boolean =>
  isList(value) && OUTCOMES.includes((value as Fields<OutcomeFile>).outcome);

const isUpload = (value: unknown): boolean => {
  const { key, uploadId, partSizeBytes, parts } = (value ?? {}) as Fields<OpenUpload>;
  // Parts of no size would never end.
  return isText(key) && isText(uploadId) && isSize(partSizeBytes) && partSizeBytes > 0 && all(isText)(parts);
};

const isUploads = (value: unknown): boolean =>
  isObject(value) && Object.entries(value).every(([position, upload]) => /^\d+$/.test(position) && isUpload(upload));

const areExamples = (value: unknown): value is Examples => isObject(value) && Object.values(value).every(all(isText));

export const readPlan = (files: ReportFiles, path: string): Promise<PlanTask[]> => readJson(files, path, all(isTask));

export const readCopyPlan = (files: ReportFiles, path: string): Promise<CopyItem[]> =>
  readJson(files, path, all(isCopyItem));

export const readShardRefs = (files: ReportFiles, path: string): Promise<ShardRef[]> =>
  readJson(files, path, all(isShard));

export const readOutcomeFiles = (files: ReportFiles, path: string): Promise<OutcomeFile[]> =>
  readJson(files, path, all(isOutcomeFile));

export const readUploads = (files: ReportFiles, path: string): Promise<Uploads> => readJson(files, path, isUploads);

/** A few names for people: where there are none, or none that can be read, a report does without. */
export const examplesOf = async (files: ReportFiles, id: string): Promise<Examples> => {
  const known = await files.read(examplesPath(id));
  const examples = known && jsonIn(known);
  return areExamples(examples) ? examples : {};
};

// If-Match, If-None-Match, If-Unmodified-Since, as S3 judges them.
import type { StoredObject } from './bucket.ts';

export type ConditionHeaders = Readonly<Record<string, string>>;

const unquoted = (etag: string): string => etag.replace(/^"|"$/g, '');

/** Reading: `prefix` is `x-amz-copy-source-` for the source of a copy. S3 lets If-Match win over If-Unmodified-Since. */
export const mayBeRead = (object: StoredObject, headers: ConditionHeaders, prefix = ''): boolean => {
  const match = headers[`${prefix}if-match`];
  if (match !== undefined) return unquoted(match) === object.etag;
  const since = headers[`${prefix}if-unmodified-since`];
  return since === undefined || object.modifiedAt <= Date.parse(since);
};

export type WriteJudgement = 'fine' | 'preconditionFailed' | 'noSuchKey';

export const mayBeWritten = (standing: StoredObject | undefined, headers: ConditionHeaders): WriteJudgement => {
  if (headers['if-none-match'] === '*' && standing !== undefined) return 'preconditionFailed';
  const match = headers['if-match'];
  if (match === undefined) return 'fine';
  if (standing === undefined) return 'noSuchKey';
  return unquoted(match) === standing.etag ? 'fine' : 'preconditionFailed';
};

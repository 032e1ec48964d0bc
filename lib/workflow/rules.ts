// A request's options as the rules that comparing and ordering follow.

import { compileFilters } from '../compare/filters.ts';
import type { Rules } from '../compare/findings.ts';
import { compileKeyPattern, type KeyPattern } from '../compare/key-pattern.ts';
import type { MigrationRequest } from './request.ts';

/** A picture younger than this may still be being written; S3 shows only whole objects. */
const FOLDER_MIN_AGE_MS = 30_000;

const time = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));

export const keyPatternOf = ({ options }: MigrationRequest): KeyPattern | undefined =>
  options.keyPattern === undefined ? undefined : compileKeyPattern(options.keyPattern);

export const rulesOf = (request: MigrationRequest): Rules => ({
  keep: compileFilters({
    include: request.options.include,
    exclude: request.options.exclude,
    capturedAfter: time(request.options.capturedAfter),
    capturedBefore: time(request.options.capturedBefore),
    modifiedAfter: time(request.options.modifiedAfter),
    modifiedBefore: time(request.options.modifiedBefore),
    keyPattern: keyPatternOf(request),
  }),
  minAgeMs: request.options.minAgeMs ?? (request.source.type === 'folder' ? FOLDER_MIN_AGE_MS : 0),
  checksum: request.options.checksum,
  // A KMS ETag looks like an MD5: before pictures are called different, the stores are asked.
  confirmEtags: request.options.checksum,
});

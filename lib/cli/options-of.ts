// Flags as a migration's options, with the checks that take more than one flag or more than its text.
import { compileGlobs } from '../compare/glob.ts';
import { compileKeyPattern } from '../compare/key-pattern.ts';
import { UsageError } from '../stores/usage-error.ts';
import type { Options } from '../workflow/request.ts';
import type { RuleFlags } from './flags.ts';

export const optionsOf = (flags: RuleFlags): Options => {
  const { include = [], exclude = [], keyPattern } = flags;
  checkSpan('captured', flags.capturedAfter, flags.capturedBefore);
  checkSpan('modified', flags.modifiedAfter, flags.modifiedBefore);
  acceptedGlobs('--include', include);
  acceptedGlobs('--exclude', exclude);
  if (keyPattern !== undefined) accepted('--key-pattern', keyPattern, () => compileKeyPattern(keyPattern));
  return {
    include,
    exclude,
    ...defined({
      capturedAfter: flags.capturedAfter,
      capturedBefore: flags.capturedBefore,
      modifiedAfter: flags.modifiedAfter,
      modifiedBefore: flags.modifiedBefore,
      minAgeMs: flags.minAge,
      keyPattern,
      concurrency: flags.concurrency,
      tpsLimit: flags.tpslimit,
      bandwidthLimit: flags.bwlimit,
      maxCostUsd: flags.maxCost,
      storageClass: flags.storageClass,
      sseKmsKeyId: flags.sseKmsKeyId,
    }),
    checksum: flags.checksum ?? false,
    onDifferent: flags.onDifferent ?? 'keep',
    order: flags.order ?? 'newest',
    tags: flags.tags,
  };
};

const accepted = (flag: string, text: string, compile: () => unknown): void => {
  try {
    compile();
  } catch (error) {
    throw new UsageError(`${flag} ${text}: ${(error as Error).message}`);
  }
};

const acceptedGlobs = (flag: string, globs: readonly string[]): void => {
  for (const glob of globs) accepted(flag, glob, () => compileGlobs([glob]));
  accepted(flag, globs.join(' '), () => compileGlobs(globs));
};

const checkSpan = (what: 'captured' | 'modified', after?: string, before?: string): void => {
  if (after === undefined || before === undefined || after < before) return;
  throw new UsageError(
    `--${what}-after ${after} is not earlier than --${what}-before ${before}: no picture can lie in between`,
  );
};

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined: a store named in picferry.json must not lose its region to a flag nobody gave. */
export const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;

// What a file system's error codes mean for one picture.

export interface Failure {
  readonly outcome: 'failed';
  readonly reason: string;
  readonly detail?: string;
}

export const failed = (reason: string, detail?: string): Failure => ({
  outcome: 'failed',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Nothing is there under that name; a file where a folder was expected says so too. */
export const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');

const WRITE_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'accessDenied',
  EPERM: 'accessDenied',
  EROFS: 'accessDenied',
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EFBIG: 'fileTooLarge',
  ENAMETOOLONG: 'nameTooLong',
  // File systems with rules of their own, such as vfat's on `:` and APFS's on unassigned code points.
  EINVAL: 'keyNotAllowed',
  EILSEQ: 'keyNotAllowed',
  ENOTDIR: 'occupiedByFile',
  EISDIR: 'occupiedByFolder',
  ELOOP: 'outsideRoot',
};

/** Anything else (a dying disk, a network share that went away) is the destination being unavailable. */
export const writeFailure = (error: unknown): Failure =>
  failed(WRITE_REASONS[codeOf(error) ?? ''] ?? 'destinationUnavailable', messageOf(error));

const READ_REASONS: Readonly<Record<string, string>> = {
  EACCES: 'unreadable',
  EPERM: 'unreadable',
  // A link in place of the picture: it was opened with O_NOFOLLOW. BSD says EMLINK.
  ELOOP: 'link',
  EMLINK: 'link',
  // A socket, or a device without a driver.
  ENXIO: 'specialFile',
  ENODEV: 'specialFile',
  EOPNOTSUPP: 'specialFile',
};

export const readFailure = (error: unknown): Failure =>
  failed(READ_REASONS[codeOf(error) ?? ''] ?? 'sourceUnavailable', messageOf(error));

/** Not every file system has hard links (exFAT, some network shares), and each says it in its own way. */
export const refusesHardLinks = (error: unknown): boolean =>
  ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error) ?? '');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

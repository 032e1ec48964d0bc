// What the reasons for not copying a picture mean, and what to do about each.

export interface Reason {
  readonly title: string;
  /** What it means, and the way out. */
  readonly meaning: string;
}

const AGAIN = 'Try again when it answers.';

export const REASONS: Readonly<Record<string, Reason>> = {
  accessDenied: {
    title: 'Access denied',
    meaning: 'One of the stores refused it. The lists of failures name the permission that is needed.',
  },
  tagsDenied: {
    title: 'Tags may not be read',
    meaning: 'The picture carries tags and reading them is not permitted: allow it, or copy without tags.',
  },
  tagsNotAllowed: { title: 'Tags not accepted', meaning: 'The destination does not take its tags: copy without tags.' },
  metadataNotAllowed: {
    title: 'Metadata not accepted',
    meaning: 'The destination does not take its metadata as it is, or there is too much of it.',
  },
  metadataHidden: {
    title: 'Metadata not shown',
    meaning: 'The source keeps some of its metadata back, so that a copy would lose it.',
  },
  conditionRefused: {
    title: '“Create only” refused',
    meaning:
      'The service or a policy of its bucket refuses conditional writes, which is how overwriting is prevented: change the policy, or set this store to headFirst.',
  },
  refused: { title: 'Refused', meaning: 'The service refused it; the lists of failures have its words.' },
  sourceUnavailable: {
    title: 'Source not available',
    meaning: `The source could not hand it out, several times in a row. ${AGAIN}`,
  },
  destinationUnavailable: {
    title: 'Destination not available',
    meaning: `The destination could not take it, several times in a row. ${AGAIN}`,
  },
  archivedMeanwhile: {
    title: 'Archived meanwhile',
    meaning: 'It is in an archive class of the source and cannot be read now: restore it first.',
  },
  tookTooLong: {
    title: 'Took too long',
    meaning:
      'It passes through Picferry, and not within the time that one invocation has. Copy it with `picferry sync` on a machine, where nothing ends it.',
  },
  corrupted: {
    title: 'Damaged on the way',
    meaning: 'What arrived was not what the source has, so the copy was not kept. Try again.',
  },
  storedDamaged: {
    title: 'Stored damaged',
    meaning:
      'The destination says it has stored other bytes than it was sent, twice. They stand under the picture’s name: nothing is ever deleted. Look at them, remove them, and run again.',
  },
  differentOnDestination: {
    title: 'Another picture took its name',
    meaning: 'Something of another size appeared under its name on the destination; it was left as it is.',
  },
  changedOnDestination: {
    title: 'Changed on the destination',
    meaning: 'What was to be replaced changed on the destination meanwhile, so it was left as it is.',
  },
  newerOnDestination: {
    title: 'Newer on the destination',
    meaning: 'The destination’s is newer by now, so it was left as it is.',
  },
  keyNotAllowed: { title: 'Name not possible', meaning: 'The destination cannot hold a picture of this name.' },
  nameTooLong: { title: 'Name too long', meaning: 'The destination takes only shorter names.' },
  notUtf8: { title: 'Name is no UTF-8', meaning: 'Its name cannot be written as text: rename it on the source.' },
  fileTooLarge: { title: 'Too large', meaning: 'The destination takes only smaller files.' },
  diskFull: { title: 'Destination full', meaning: 'There was no room left: make some and try again.' },
  unreadable: { title: 'Not readable', meaning: 'The file may not be read: allow it on the source and try again.' },
  link: { title: 'A link', meaning: 'It is a symbolic link; links are not followed. Copy what it points to.' },
  specialFile: { title: 'No ordinary file', meaning: 'It is a device, a pipe or a socket, and no picture.' },
  outsideRoot: {
    title: 'Outside the folder',
    meaning: 'A link on its path leads out of the folder; it was not followed.',
  },
  occupiedByFile: {
    title: 'A file is in the way',
    meaning: 'A file stands on the destination where a folder of its path would have to be.',
  },
  occupiedByFolder: { title: 'A folder is in the way', meaning: 'A folder of its name stands on the destination.' },
  noHardLinks: {
    title: 'No hard links',
    meaning: 'The destination’s file system has no hard links, without which overwriting cannot be ruled out.',
  },
  cancelled: { title: 'Cancelled before', meaning: 'The migration was cancelled before its turn came.' },
  stepBroke: {
    title: 'Copying broke off',
    meaning: 'The copying ended before its turn came, or before its end was noted. Try again.',
  },
  budget: {
    title: 'Beyond the cost allowed',
    meaning:
      'Copying stopped before it would have cost more than `--max-cost`. A new sync with a higher one copies the rest.',
  },
};

/** A reason nobody explained yet goes by its own name. */
export const reasonOf = (reason: string): Reason =>
  Object.hasOwn(REASONS, reason) ? REASONS[reason]! : { title: reason, meaning: 'The lists of failures say more.' };

// The flags that commands share, as help shows them. options-of.ts and request-of.ts make a request of them.
import { type Command, Option } from 'commander';
import {
  collect,
  parseBandwidth,
  parseCount,
  parseDate,
  parseDuration,
  parseStorageClass,
  parseTps,
  parseUsd,
} from './values.ts';

/** What commander makes of them. */
export interface StoreFlags {
  readonly sourceEndpointUrl?: string;
  readonly sourceRegion?: string;
  readonly sourceProfile?: string;
  readonly destinationEndpointUrl?: string;
  readonly destinationRegion?: string;
  readonly destinationProfile?: string;
}

export interface RuleFlags {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly capturedAfter?: string;
  readonly capturedBefore?: string;
  readonly modifiedAfter?: string;
  readonly modifiedBefore?: string;
  readonly keyPattern?: string;
  readonly minAge?: number;
  readonly checksum?: true;
  readonly onDifferent?: 'keep' | 'overwrite' | 'newer';
  readonly order?: 'newest' | 'oldest';
  readonly concurrency?: number;
  readonly tpslimit?: number;
  readonly bwlimit?: number;
  readonly maxCost?: number;
  readonly storageClass?: string;
  /** `--no-tags` makes it false. */
  readonly tags: boolean;
  readonly sseKmsKeyId?: string;
}

export interface StateFlags {
  readonly stateDir?: string;
  readonly json?: true;
}

/** Of commands that work with this machine and with an API alike. */
export interface ServiceFlags extends StateFlags {
  readonly api?: string;
}

/** Where migrations run elsewhere. */
export interface DetachFlags {
  readonly detach?: true;
}

export type PairFlags = StoreFlags & RuleFlags & ServiceFlags & DetachFlags;

export const addPairFlags = (command: Command): Command =>
  addServiceFlags(addStoreFlags(addRuleFlags(command))).option(
    '--detach',
    'with --api: print the id and leave it running there',
  );

/** What is asked for again and again may be filtered as well. */
export const addRuleFlags = (command: Command): Command => addCopyingFlags(addComparingFlags(command));

const addComparingFlags = (command: Command): Command =>
  command
    .optionsGroup('What is compared:')
    .option('--include <glob>', 'only keys that match; may stand several times', collect)
    .option('--exclude <glob>', 'not the keys that match; may stand several times', collect)
    .option('--captured-after <date>', 'captured at that moment or later, by the time in the key', parseDate)
    .option('--captured-before <date>', 'captured before that moment', parseDate)
    .option('--modified-after <date>', 'modified on its store at that moment or later', parseDate)
    .option('--modified-before <date>', 'modified before that moment', parseDate)
    .option('--key-pattern <regexp>', 'where keys carry camera and time: named groups camera, year, month, … (RE2)')
    .option(
      '--min-age <duration>',
      'leave younger pictures for later (default: 30s for folders, 0 for S3)',
      parseDuration,
    )
    .option('--checksum', 'compare content too, where both sides can tell');

const addCopyingFlags = (command: Command): Command =>
  command
    .optionsGroup('How it is copied:')
    .addOption(
      new Option('--on-different <what>', 'a picture that differs on the destination (default: keep)').choices([
        'keep',
        'overwrite',
        'newer',
      ]),
    )
    .addOption(new Option('--order <first>', 'what goes first (default: newest)').choices(['newest', 'oldest']))
    .option('--concurrency <n>', 'pictures copied at once, at most (default: 64)', parseCount)
    .option('--tpslimit <n>', 'requests a second to S3 stores, listing included', parseTps)
    .option(
      '--bwlimit <rate>',
      'bytes a second that stream through here, such as 500k, 10M or 1.5G; copies within one service do not',
      parseBandwidth,
    )
    .option('--max-cost <usd>', 'stop copying before the migration costs more, by the table of prices', parseUsd)
    .option('--storage-class <class>', 'of the copies, on S3', parseStorageClass)
    .option('--no-tags', 'do not copy tags (they need permissions of their own)')
    .option('--sse-kms-key-id <id>', 'encrypt the copies with that key, on S3');

const addStoreFlags = (command: Command): Command => {
  command.optionsGroup('Where the stores are (default: the AWS_* variables):');
  for (const side of ['source', 'destination']) {
    command
      .option(`--${side}-endpoint-url <url>`, `an S3-compatible service as ${side}`)
      .option(`--${side}-region <region>`, `region of the ${side}`)
      .option(`--${side}-profile <name>`, `profile of the AWS configuration for the ${side}`);
  }
  return command;
};

export const addServiceFlags = (command: Command): Command =>
  addStateFlags(
    command
      .optionsGroup('Options:')
      .option('--api <url>', 'ask a deployment or "picferry serve" instead of this machine (default: PICFERRY_API)'),
  );

export const addStateFlags = (command: Command): Command =>
  command
    .optionsGroup('Options:')
    .option(
      '--state-dir <folder>',
      'where records and reports are kept (default: the XDG state folder); with --api: where serve keeps its token',
    )
    .option('--json', 'print one JSON object on stdout');

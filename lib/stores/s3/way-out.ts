// What a failure means for a store or for one picture, in words that say what to do about it.
import { StoreRefused, StoreUnavailable } from '../errors.ts';
import type { S3Failure } from './failure.ts';

export interface PictureFailure {
  readonly outcome: 'failed';
  readonly reason: string;
  readonly detail: string;
}

const CREDENTIALS =
  'check the credentials of this store (AWS_PROFILE, AWS_ACCESS_KEY_ID, or its profile in picferry.json)';
const SOURCE_SIDE = 's3:GetObject (without s3:ListBucket, S3 says the same where nothing stands under the key)';
const CONDITION =
  'the service or the bucket\'s policy refuses conditional copies: remove the condition s3:if-none-match from the policy, or set "createOnly": "headFirst" for this store in picferry.json';

/** Codes that concern the whole store: going on with the next picture would only meet them again. */
const STORE_CODES: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  ExpiredToken: `the credentials have expired: ${CREDENTIALS}`,
  InvalidToken: CREDENTIALS,
  TokenRefreshRequired: CREDENTIALS,
  NotSignedUp: CREDENTIALS,
  NoSuchBucket: "check the bucket's name, region and endpoint",
  InvalidBucketName: "check the bucket's name",
  AllAccessDisabled: "ask the bucket's owner",
  AccountProblem: "ask the bucket's owner",
  PermanentRedirect: "name the bucket's region",
  AuthorizationHeaderMalformed: "name the bucket's region",
  RequestTimeTooSkewed: "set this machine's clock",
};

const NEEDED: Readonly<Record<string, string>> = {
  ListObjectsV2: 's3:ListBucket on the bucket',
  HeadObject: SOURCE_SIDE,
  GetObject: SOURCE_SIDE,
  GetObjectTagging: 's3:GetObjectTagging, or use --no-tags',
  PutObject: 's3:PutObject (and s3:PutObjectTagging where pictures carry tags, or use --no-tags)',
  CreateMultipartUpload: 's3:PutObject (and s3:PutObjectTagging where pictures carry tags, or use --no-tags)',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  UploadPartCopy: `s3:PutObject on the destination and on the source ${SOURCE_SIDE}`,
  CopyObject: `s3:PutObject on the destination and on the source ${SOURCE_SIDE}; where pictures carry tags s3:GetObjectTagging and s3:PutObjectTagging, or use --no-tags`,
};

const wayOut = (failure: S3Failure): string | undefined => {
  if (isConditionRefused(failure)) return CONDITION;
  if (isUnknown(failure)) return `the service does not know ${failure.operation}`;
  if (failure.operation === 'HeadObject' && failure.status === 400) return `a HEAD is told no reason: ${CREDENTIALS}`;
  if (isDenied(failure)) return NEEDED[failure.operation] && `needed: ${NEEDED[failure.operation]}`;
  if (failure.status === undefined && failure.transient) return 'check the endpoint and the network';
  return Object.hasOwn(STORE_CODES, failure.code) ? STORE_CODES[failure.code] : undefined;
};

const explain = (failure: S3Failure): string => {
  const out = wayOut(failure);
  return out ? `${failure.message}; ${out}` : failure.message;
};

const isDenied = ({ status, code }: S3Failure): boolean =>
  code === 'AccessDenied' || (status === 403 && (code === '' || code === 'Forbidden'));

const isUnknown = ({ status, code }: S3Failure): boolean => status === 501 || code === 'NotImplemented';

const CONDITIONAL: ReadonlySet<string> = new Set(['PutObject', 'CopyObject', 'CompleteMultipartUpload']);

const isConditionRefused = (failure: S3Failure): boolean => isUnknown(failure) && CONDITIONAL.has(failure.operation);

const concernsTheStore = ({ status, code, transient }: S3Failure): boolean =>
  Object.hasOwn(STORE_CODES, code) || (status === undefined && !transient && code !== 'UND_ERR_INVALID_ARG');

/** For listings and for looking at single keys: nothing but these two leaves the store as an error. */
export const storeError = (failure: S3Failure): StoreRefused | StoreUnavailable =>
  new (failure.transient ? StoreUnavailable : StoreRefused)(explain(failure), { cause: failure });

const REASONS: Readonly<Record<string, string>> = {
  InvalidObjectState: 'archivedMeanwhile',
  KeyTooLongError: 'nameTooLong',
  InvalidURI: 'keyNotAllowed',
  InvalidObjectName: 'keyNotAllowed',
  XMinioInvalidObjectName: 'keyNotAllowed',
  XMinioParentIsObject: 'keyNotAllowed',
  EntityTooLarge: 'fileTooLarge',
  MetadataTooLarge: 'metadataNotAllowed',
  InvalidTag: 'tagsNotAllowed',
  HiddenMetadata: 'metadataHidden',
  QuotaExceeded: 'diskFull',
  XMinioStorageFull: 'diskFull',
  BadDigest: 'corrupted',
  InvalidDigest: 'corrupted',
  // undici refuses header values that would end the header.
  UND_ERR_INVALID_ARG: 'metadataNotAllowed',
};

/** One picture's failure is data. What concerns the store as a whole is thrown instead. */
export const pictureFailure = (failure: S3Failure, side: 'source' | 'destination'): PictureFailure => {
  if (concernsTheStore(failure)) throw storeError(failure);
  return { outcome: 'failed', reason: reasonOf(failure, side), detail: explain(failure) };
};

const reasonOf = (failure: S3Failure, side: 'source' | 'destination'): string => {
  // The code is the service's own word, `constructor` perhaps.
  const known = Object.hasOwn(REASONS, failure.code) ? REASONS[failure.code] : undefined;
  if (known !== undefined) return known;
  if (isConditionRefused(failure)) return 'conditionRefused';
  if (isDenied(failure)) return failure.operation === 'GetObjectTagging' ? 'tagsDenied' : 'accessDenied';
  return failure.transient ? `${side}Unavailable` : 'refused';
};

export const failed = (reason: string, detail: string): PictureFailure => ({ outcome: 'failed', reason, detail });

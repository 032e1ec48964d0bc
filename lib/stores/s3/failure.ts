// What a service or the way to it answered instead of a success: one error class, and which of them a repeat may mend.
import { textOf } from './xml.ts';

export interface FailureParts {
  readonly operation: string;
  readonly bucket: string;
  /** Absent: no answer arrived. */
  readonly status?: number;
  /** S3's own code, or that of the connection's error. */
  readonly code: string;
  readonly message: string;
  readonly transient: boolean;
  /** How often it was tried. */
  readonly attempts?: number;
}

export class S3Failure extends Error {
  override name = 'S3Failure';
  readonly operation: string;
  readonly bucket: string;
  readonly status: number | undefined;
  readonly code: string;
  readonly transient: boolean;
  /** More than one: an earlier attempt may have been carried out although its answer got lost. */
  readonly attempts: number;
  private readonly parts: FailureParts;

  constructor(parts: FailureParts) {
    super(describe(parts));
    this.parts = parts;
    this.operation = parts.operation;
    this.bucket = parts.bucket;
    this.status = parts.status;
    this.code = parts.code;
    this.transient = parts.transient;
    this.attempts = parts.attempts ?? 1;
  }

  after(attempts: number): S3Failure {
    return attempts === this.attempts ? this : new S3Failure({ ...this.parts, attempts });
  }
}

const describe = ({ operation, bucket, status, code, message, attempts = 1 }: FailureParts): string => {
  const answer = status === undefined ? code : `${status} ${code}`;
  const often = attempts > 1 ? ` after ${attempts} attempts` : '';
  return `${operation} in bucket "${bucket}" failed${often}: ${answer.trim()}${message ? ` (${message.slice(0, 300)})` : ''}`;
};

const TRANSIENT_STATUS: ReadonlySet<number> = new Set([307, 408, 425, 429]);
/** What a server will not do the next time either: it does not know how, it does not speak that HTTP, it is full. */
const LASTING_STATUS: ReadonlySet<number> = new Set([501, 505, 507]);
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'SlowDown',
  'InternalError',
  'RequestTimeout',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  // Somebody else writes the same key at this moment: 409, "try again".
  'ConditionalRequestConflict',
  'OperationAborted',
  // Damaged or cut on the way: what is sent again comes from memory.
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
]);

/** A part of the transient ones: the service has more to do than it can. */
const SLOW_DOWN_CODES: ReadonlySet<string> = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
]);

export const saysSlowDown = ({ status, code }: S3Failure): boolean =>
  status === 429 || status === 503 || SLOW_DOWN_CODES.has(code);

const isTransient = (status: number, code: string): boolean =>
  TRANSIENT_STATUS.has(status) ||
  TRANSIENT_CODES.has(code) ||
  (status >= 500 && !LASTING_STATUS.has(status)) ||
  // A HEAD or a proxy has no code to say it with.
  (status === 409 && code === '');

/** An `<Error>` document, of whatever status: S3 sends some with a 200. */
export const failureIn = (xml: string, status: number, operation: string, bucket: string): S3Failure => {
  // It ends up in lists and reports, for every picture: whoever answers must not fill them.
  const code = (textOf(xml, 'Code') ?? '').slice(0, 100);
  const message = textOf(xml, 'Message') ?? '';
  return new S3Failure({ operation, bucket, status, code, message, transient: isTransient(status, code) });
};

/** An answer that is neither a success nor an error: cut, or from something that is no S3. The next one may be whole. */
export const senseless = (message: string, status: number, operation: string, bucket: string): S3Failure =>
  new S3Failure({ operation, bucket, status, code: SENSELESS, message, transient: true });

export const SENSELESS = 'IncompleteAnswer';

/** Connection errors that the next attempt would meet again: certificates, protocols, requests that cannot be sent, a closed store. */
const LASTING_CONNECTION_ERROR =
  /^(UND_ERR_INVALID_ARG|UND_ERR_DESTROYED|UND_ERR_CLOSED|ERR_TLS|ERR_SSL|ERR_INVALID|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO)/;

/** undefined: no error of a connection but a mistake of ours, which no repeat should hide. */
export const connectionFailure = (error: unknown, operation: string, bucket: string): S3Failure | undefined => {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  return new S3Failure({ operation, bucket, code, message, transient: !LASTING_CONNECTION_ERROR.test(code) });
};

/** What stood where an answer should begin is none: a body that nobody announced, or another protocol. */
export const isGarbled = (error: unknown): boolean => codeOf(error) === GARBLED;

const GARBLED = 'HPE_INVALID';

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  // undici gives its parser's errors a name and no code.
  if (error.name === 'HTTPParserError') return GARBLED;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses were tried in vain: what the first one said stands for all.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause);
};

export const isS3Failure = (error: unknown): error is S3Failure => error instanceof S3Failure;

/** Nothing stands under the key. A HEAD has no body, so no code either. */
export const saysAbsent = ({ status, code }: S3Failure): boolean =>
  code === 'NoSuchKey' || (status === 404 && (code === '' || code === 'NotFound'));

export const saysPreconditionFailed = ({ status, code }: S3Failure): boolean =>
  status === 412 || code === 'PreconditionFailed';

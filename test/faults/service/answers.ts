// What a service may answer instead of the truth: each one a fault that is put at every request in turn.
import { errorReply, errorXml, type Reply } from '../../support/scripted-s3.ts';
import type { Breaking, Operation } from './requests.ts';

export interface Fault {
  readonly name: string;
  /** Requests it lasts for, from the target on. */
  readonly span: number;
  readonly breaking: Breaking;
  /** Absent: every operation. */
  readonly operations?: readonly Operation[];
}

export const FOR_GOOD = Number.POSITIVE_INFINITY;
const DOCUMENTS: readonly Operation[] = [
  'List',
  'Prefixes',
  'Tags',
  'Copy',
  'CreateUpload',
  'UploadPartCopy',
  'Complete',
];
const HTML = { 'content-type': 'text/html' };
const html = (status: number): Reply => ({ status, headers: HTML, body: '<html><body>Bad Gateway</body></html>' });

const instead = (name: string, reply: Reply, span = 1): Fault => ({ name, span, breaking: () => reply });
/** It is done; what is answered is another thing. */
const lost = (name: string, reply: (answered: Reply) => Reply, more: Partial<Fault> = {}): Fault => ({
  name,
  span: 1,
  breaking: (_request, next) => reply(next()),
  ...more,
});
const lengthOf = ({ body = '' }: Reply): number => Buffer.byteLength(body);

export const OVERLOADED: readonly Fault[] = [
  instead('503 SlowDown', errorReply(503, 'SlowDown')),
  instead('429', errorReply(429, 'TooManyRequests')),
  instead('500 InternalError', errorReply(500, 'InternalError')),
  instead('502 of a proxy', html(502)),
  instead('520 of a proxy', html(520)),
  instead('three times 503', errorReply(503, 'SlowDown'), 3),
  instead('503 for good', errorReply(503, 'SlowDown'), FOR_GOOD),
  instead('500 for good', errorReply(500, 'InternalError'), FOR_GOOD),
];

export const BROKEN_OFF: readonly Fault[] = [
  instead('reset before anything was done', { reset: true }),
  lost('reset after it was done', () => ({ reset: true })),
  lost('done, and 500', () => errorReply(500, 'InternalError')),
  lost('done, and 503 three times', () => errorReply(503, 'SlowDown'), { span: 3 }),
  lost('cut before the first byte', (answered) => ({ ...answered, cutAfter: 0 })),
  lost('cut after the first byte', (answered) => ({ ...answered, cutAfter: Math.min(1, lengthOf(answered)) })),
  lost('cut in the middle', (answered) => ({ ...answered, cutAfter: Math.floor(lengthOf(answered) / 2) })),
  lost('cut before the last byte', (answered) => ({ ...answered, cutAfter: Math.max(0, lengthOf(answered) - 1) })),
  instead('reset for good', { reset: true }, FOR_GOOD),
  lost('all answers lost from here on', () => ({ reset: true }), { span: FOR_GOOD }),
];

const half = (answered: Reply): Reply => ({
  ...answered,
  body: Buffer.from(answered.body ?? '').subarray(0, Math.floor((lengthOf(answered) * 3) / 4)),
});

export const NO_ANSWER: readonly Fault[] = [
  { ...instead('200 with an error', { body: errorXml('InternalError') }), operations: DOCUMENTS },
  {
    ...instead('200 with spaces, then an error', { body: `<?xml version="1.0"?>\n   \n${errorXml('SlowDown')}` }),
    operations: DOCUMENTS,
  },
  instead('200 with nothing', {}),
  instead('204', { status: 204 }),
  instead('200 of something that is no S3', { headers: HTML, body: '<html>Welcome to the hotel</html>' }),
  instead('200 with another operation’s document', {
    body: '<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>',
  }),
  lost('done, and 200 with nothing', () => ({})),
  lost('done, and 204', () => ({ status: 204 })),
  lost('done, and an error in the 200', () => ({ body: errorXml('InternalError') }), { operations: DOCUMENTS }),
  lost('three quarters of the document', half, { operations: DOCUMENTS }),
  lost('done, and 200 with nothing but spaces', () => ({ body: ' \n \n' }), { operations: DOCUMENTS }),
];

/** HEAD answers carry no body, so no code either. */
const refusal =
  (status: number, code: string): Breaking =>
  (request) =>
    request.method === 'HEAD' ? { status } : errorReply(status, code);

export const REFUSED: readonly Fault[] = [
  { name: '403 once', span: 1, breaking: refusal(403, 'AccessDenied') },
  { name: '403 for good', span: FOR_GOOD, breaking: refusal(403, 'AccessDenied') },
  { name: 'credentials expired', span: FOR_GOOD, breaking: refusal(400, 'ExpiredToken') },
  { name: 'credentials expired, seen at once', span: 1, breaking: refusal(400, 'ExpiredToken') },
  { name: '412', span: 1, breaking: refusal(412, 'PreconditionFailed') },
  { name: '409 with a code', span: 1, breaking: refusal(409, 'ConditionalRequestConflict') },
  { name: '409 of a proxy', span: 1, breaking: () => ({ status: 409 }) },
  { name: '501', span: 1, breaking: refusal(501, 'NotImplemented') },
  { name: '404 once', span: 1, breaking: refusal(404, 'NoSuchKey') },
  { name: '301 without a region', span: 1, breaking: refusal(301, 'PermanentRedirect') },
  { name: '307', span: 1, breaking: refusal(307, 'TemporaryRedirect') },
  { name: '408', span: 1, breaking: () => ({ status: 408 }) },
];

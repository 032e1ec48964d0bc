// An AWS service that answers what a test tells it to: for answers that the emulator never gives.
import { HttpResponse } from '@smithy/core/protocols';

export interface AwsCall {
  readonly method: string;
  readonly path: string;
  /** The operation, in services that name it in a header. */
  readonly target: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface AwsAnswer {
  readonly status?: number;
  /** An error's name. */
  readonly error?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** What a client is made with, and the calls it made. One answer after the other; the last one goes on for ever. */
export const scriptedAws = (...answers: readonly AwsAnswer[]) => {
  const calls: AwsCall[] = [];
  const handle = async ({ method, path, headers, body }: Request) => {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    calls.push({ method, path, target: headers['x-amz-target'], body: text === '' ? {} : JSON.parse(text) });
    const { status, error, body: said = {} } = answers[Math.min(calls.length, answers.length) - 1] ?? {};
    return {
      response: new HttpResponse({
        statusCode: status ?? (error ? 400 : 200),
        headers: { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) },
        body: Buffer.from(JSON.stringify(error ? { __type: error, Message: 'as scripted', ...said } : said)),
      }),
    };
  };
  const config = {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:9',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle },
  };
  return { config, calls };
};

// Lambda: the HTTP API behind API Gateway, which lets in only whoever signs for IAM.
import { handle as handleHttp, type LambdaEvent } from 'hono/aws-lambda';
import { createApi } from '../lib/api/app.ts';
import { apiHostOf } from '../lib/deployed/api-host.ts';
import { handle } from './handler.ts';

type Answer = Awaited<ReturnType<ReturnType<typeof handleHttp>>>;
let serve: ReturnType<typeof handleHttp> | undefined;

/** For logs and traces; whatever else stands there is no id. */
const migrationIdIn = (event: LambdaEvent): string | undefined =>
  'rawPath' in event ? /^\/migrations\/([0-9a-z-]{1,80})(\/|$)/.exec(event.rawPath)?.[1] : undefined;

export const handler = handle<LambdaEvent, Answer>((event, { host }) => {
  const version = process.env.PICFERRY_VERSION;
  serve ??= handleHttp(createApi(apiHostOf(host), { auth: 'sigv4', ...(version === undefined ? {} : { version }) }));
  return serve(event);
}, migrationIdIn);

// The requests to S3 that change something, each behind the gate.
import { connect } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { Gate } from './wrap-writes.ts';

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;

export const wrapRequests = async (gate: Gate): Promise<void> => {
  const { dispatch } = Agent.prototype;
  Agent.prototype.dispatch = function (this: Agent, options: Options, handler: Handler): boolean {
    if (options.method === 'GET' || options.method === 'HEAD') return dispatch.call(this, options, handler);
    const half = options.body instanceof Uint8Array ? { half: () => sendHalf(options) } : {};
    const send = (): Promise<() => void> =>
      new Promise((answered) => dispatch.call(this, options, heldBack(handler, answered)));
    void gate.later({ name: `${options.method} ${nameOf(options.path)}`, ...half }, send).then((tell) => tell());
    return true;
  };
};

/** The program learns of the answer's end when it is told to. */
const heldBack = (handler: Handler, answered: (tell: () => void) => void): Handler => ({
  onRequestStart: (...all) => handler.onRequestStart?.(...all),
  onResponseStart: (...all) => handler.onResponseStart?.(...all),
  onResponseData: (...all) => handler.onResponseData?.(...all),
  onResponseEnd: (...all) => answered(() => handler.onResponseEnd?.(...all)),
  onResponseError: (...all) => answered(() => handler.onResponseError?.(...all)),
});

const nameOf = (path: string): string => path.replace(/uploadId=[^&]*/, 'uploadId=*');

/** Promises the whole body and sends half of it; resolves once the system has taken the bytes. */
const sendHalf = ({ origin, path, method, headers, body }: Options): Promise<void> => {
  const { hostname, port } = new URL(String(origin));
  const bytes = body as Uint8Array;
  const lines = Object.entries(headers as Record<string, string>).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-length: ${bytes.length}\r\n`;
  return new Promise((done, broken) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head}${lines.filter((line) => !/^(host|content-length):/i.test(line)).join('')}\r\n`, 'latin1');
      socket.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => done());
    });
    socket.on('error', broken);
  });
};

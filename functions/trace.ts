// Puts the migration's id into the invocation's X-Ray trace, where annotations can be searched for: annotation.migrationId.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { promisify } from 'node:util';

/** Lambda's own segment takes no annotations, so the work gets a subsegment; the daemon beside the function takes it by UDP. */
export const traced = async <T>(migrationId: string | undefined, run: () => Promise<T>): Promise<T> => {
  const parent = migrationId === undefined ? undefined : sampledTrace();
  if (!parent) return run();
  const begun = { ...parent, type: 'subsegment', name: 'picferry', id: randomBytes(8).toString('hex') };
  const start_time = Date.now() / 1000;
  let fault = true;
  try {
    const result = await run();
    fault = false;
    return result;
  } finally {
    const segment = { ...begun, start_time, end_time: Date.now() / 1000, fault, annotations: { migrationId } };
    await tell(`{"format":"json","version":1}\n${JSON.stringify(segment)}`).catch(() => {});
  }
};

const sampledTrace = (): { readonly trace_id: string; readonly parent_id: string } | undefined => {
  const { Root, Parent, Sampled } = Object.fromEntries(
    new URLSearchParams(process.env._X_AMZN_TRACE_ID?.replaceAll(';', '&')),
  );
  return Root && Parent && Sampled === '1' ? { trace_id: Root, parent_id: Parent } : undefined;
};

const tell = async (message: string): Promise<void> => {
  const [host, port] = process.env.AWS_XRAY_DAEMON_ADDRESS?.split(':') ?? [];
  if (!host || !port) return;
  const socket = createSocket('udp4');
  try {
    await promisify<string, number, string, unknown>(socket.send.bind(socket))(message, Number(port), host);
  } finally {
    socket.close();
  }
};

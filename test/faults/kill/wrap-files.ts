// The calls of node:fs and node:fs/promises that change something, each behind the gate.
import fs from 'node:fs';
import { basename } from 'node:path';
import type { Gate } from './wrap-writes.ts';

type Fn = (...all: never[]) => unknown;
type Table = Record<string, Fn>;

const ONE_PATH = [
  'unlink',
  'rm',
  'rmdir',
  'mkdir',
  'utimes',
  'lutimes',
  'chmod',
  'truncate',
  'writeFile',
  'appendFile',
];
/** By their second, which is what they change. */
const TWO_PATHS = ['rename', 'link', 'copyFile', 'symlink', 'cp'];
const OF_HANDLES = ['utimes', 'truncate', 'datasync', 'sync', 'chmod', 'appendFile'];

interface Disks {
  readonly root: string;
  readonly otherDisks: boolean;
}

export const wrapFiles = async (gate: Gate, { root, otherDisks }: Disks): Promise<void> => {
  const promises = fs.promises as unknown as Table;
  const sync = fs as unknown as Table;
  const isOurs = (path: unknown): boolean => String(path).startsWith(root);
  const nameOf = (path: unknown): string => nameBelow(root, String(path));

  const wraps = (table: Table, name: string, at: number, suffix: 'Sync' | '' = '') => {
    const does = table[`${name}${suffix}`] as Fn;
    table[`${name}${suffix}`] = (...all: never[]) => {
      if (!isOurs(all[at])) return does(...all);
      const call = { name: `${name} ${nameOf(all[at])}` };
      return suffix === 'Sync' ? gate.now(call, () => does(...all)) : gate.later(call, async () => does(...all));
    };
  };
  if (otherDisks) for (const name of ['rename', 'link']) refuseAcross(promises, name);
  for (const name of ONE_PATH) wraps(promises, name, 0);
  for (const name of TWO_PATHS) wraps(promises, name, 1);
  for (const name of ONE_PATH) wraps(sync, name, 0, 'Sync');
  for (const name of TWO_PATHS) wraps(sync, name, 1, 'Sync');

  const openSync = sync.openSync as Fn;
  sync.openSync = (...all: never[]) => {
    const [path, flags] = all as readonly unknown[];
    if (!isWriting(flags) || !isOurs(path)) return openSync(...all);
    return gate.now({ name: `open ${nameOf(path)}` }, () => openSync(...all));
  };
  const written = new WeakMap<object, string>();
  const open = promises.open as Fn;
  promises.open = async (...all: never[]) => {
    const [path, flags] = all as readonly unknown[];
    if (!isWriting(flags) || !isOurs(path)) return open(...all);
    const opened = (await gate.later({ name: `open ${nameOf(path)}` }, async () => open(...all))) as object;
    written.set(opened, nameOf(path));
    return opened;
  };
  await wrapHandles(gate, written);
};

/** Names differ from run to run where they carry ids: those are left out, so that a call keeps its name. */
const nameBelow = (root: string, path: string): string =>
  (path.startsWith(root) ? path.slice(root.length) : basename(path))
    .replace(/\d{8}-\d{6}-[0-9a-z]{6}/g, 'ID')
    .replace(/(\.unfinished|\.picferry|uploads)\/.*/, '$1/*')
    .replace(/\.picferry-.*/, '.picferry-*')
    .replace(/(\d{6}|plan)-[\w-]{10}(-|\.json)/, '$1-*$2');

const isWriting = (flags: unknown): boolean =>
  typeof flags === 'number'
    ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0
    : /[wa+]/.test(String(flags ?? 'r'));

const refuseAcross = (promises: Table, name: string): void => {
  const does = promises[name] as Fn;
  promises[name] = async (...all: never[]) => {
    if (String(all[0]).includes('/.picferry/')) throw Object.assign(new Error(`EXDEV: ${name}`), { code: 'EXDEV' });
    return does(...all);
  };
};

const wrapHandles = async (gate: Gate, written: WeakMap<object, string>): Promise<void> => {
  const probe = await fs.promises.open('/dev/null');
  const prototype = Object.getPrototypeOf(probe) as Table;
  await probe.close();
  for (const name of OF_HANDLES) {
    const does = prototype[name] as Fn;
    prototype[name] = function (this: object, ...all: never[]) {
      const of = written.get(this);
      const done = () => does.apply(this, all as never);
      return of === undefined ? done() : gate.later({ name: `${name} ${of}` }, async () => done());
    };
  }
  wrapBytes(gate, prototype, written);
};

/** Those that put bytes into a file can do half of it. */
const wrapBytes = (gate: Gate, prototype: Table, written: WeakMap<object, string>): void => {
  const { write, writev, writeFile } = prototype as { write: Fn; writev: Fn; writeFile: Fn };
  const halfOf = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
  prototype.write = function (this: object, ...all: never[]) {
    const of = written.get(this);
    const [bytes, from = 0, length = 0] = all as unknown as [Buffer, number?, number?];
    if (of === undefined) return write.apply(this, all as never);
    const half = () => write.apply(this, [halfOf(bytes.subarray(from, from + length))] as never);
    return gate.later({ name: `write ${of}`, half }, async () => write.apply(this, all as never));
  };
  prototype.writev = function (this: object, ...all: never[]) {
    const of = written.get(this);
    if (of === undefined) return writev.apply(this, all as never);
    const half = () => write.apply(this, [halfOf(Buffer.concat(all[0]!))] as never);
    return gate.later({ name: `write ${of}`, half }, async () => writev.apply(this, all as never));
  };
  prototype.writeFile = async function (this: object, ...all: never[]) {
    const of = written.get(this);
    if (of === undefined) return writeFile.apply(this, all as never);
    const bytes = await bytesOf(all[0]);
    const half = () => writeFile.apply(this, [halfOf(bytes)] as never);
    return gate.later({ name: `writeFile ${of}`, half }, async () => writeFile.apply(this, [bytes] as never));
  };
};

const bytesOf = async (body: unknown): Promise<Buffer> => {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body as string);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

// The checksum S3 keeps of a whole object, compared with what passes: where an ETag is no MD5, of parts or encrypted.
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { crc32 } from 'node:zlib';

interface Running {
  update(chunk: Buffer): void;
  /** Base64, as the header has it. */
  digest(): Promise<string>;
}

/** In the order of what they cost; S3 keeps one of them, now and then two. */
const ALGORITHMS: Readonly<Record<string, () => Promise<Running>>> = {
  crc32: async () => zlibCrc32(),
  sha1: async () => nodeHash('sha1'),
  sha256: async () => nodeHash('sha256'),
  // Loaded when first met: only what streams pictures needs them. About 430 MB a CPU second each, half of what MD5 takes.
  crc64nvme: async () => crcOf(new (await import('@aws-sdk/checksums/crc')).Crc64Nvme()),
  crc32c: async () => crcOf(new (await import('@aws-sdk/checksums/crc')).Crc32c()),
};

const HEADER = 'x-amz-checksum-';

/** Asks S3 to tell it; other services take no notice. */
export const CHECKSUM_MODE = { 'x-amz-checksum-mode': 'ENABLED' };

export interface Checked {
  /** The body goes through it. */
  readonly passing: Transform;
  /** Once it has ended. */
  damage(): string | undefined;
}

/** undefined: the answer tells no checksum of the whole object, or none that is known here. */
export const checksumIn = async (headers: Readonly<Record<string, string>>): Promise<Checked | undefined> => {
  const found = Object.keys(ALGORITHMS).find((name) => isOfWhole(headers, headers[HEADER + name]));
  if (found === undefined) return undefined;
  const announced = headers[HEADER + found] as string;
  const running = await (ALGORITHMS[found] as () => Promise<Running>)();
  let passed: string | undefined;
  const passing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      running.update(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      running.digest().then((digest) => {
        passed = digest;
        done();
      }, done);
    },
  });
  const damage = (): string | undefined =>
    passed === announced
      ? undefined
      : `the ${found.toUpperCase()} of what arrived is ${passed}, the source says ${announced}`;
  return { passing, damage };
};

/** Of parts put together it is a checksum of checksums, which ends in their number. */
const isOfWhole = (headers: Readonly<Record<string, string>>, value: string | undefined): boolean =>
  value !== undefined &&
  /^[A-Za-z0-9+/]+={0,2}$/.test(value) &&
  (headers[`${HEADER}type`] ?? 'FULL_OBJECT') === 'FULL_OBJECT';

const nodeHash = (name: string): Running => {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: async () => hash.digest('base64') };
};

const zlibCrc32 = (): Running => {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
};

const crcOf = (crc: { update(chunk: Uint8Array): void; digest(): Promise<Uint8Array> }): Running => ({
  update: (chunk) => crc.update(chunk),
  digest: async () => Buffer.from(await crc.digest()).toString('base64'),
});

// Pictures that tell by themselves whether they are whole: key, length and hash stand in front of the bytes they are about.
import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

const MAGIC = 'a camera took this';

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export const takePicture = (key: string, sizeBytes: number, random: Random): Buffer => {
  const seen = random.bytes(sizeBytes);
  return Buffer.concat([Buffer.from(`${MAGIC}\n${key}\n${seen.length}\n${hashOf(seen)}\n`), seen]);
};

/** What is wrong with what stands under a key; undefined: it is that key's picture, whole. */
export const wrongWith = (key: string, body: Buffer): string | undefined => {
  const lines: string[] = [];
  let at = 0;
  while (lines.length < 4) {
    const end = body.indexOf('\n', at);
    if (end < 0) return `${body.length} bytes, cut within its first lines`;
    lines.push(body.toString('utf8', at, end));
    at = end + 1;
  }
  const [magic, of, length, hash] = lines;
  const seen = body.subarray(at);
  if (magic !== MAGIC) return 'no picture of a camera';
  if (of !== key) return `the picture of "${of}"`;
  if (seen.length !== Number(length)) return `${seen.length} of its ${length} bytes`;
  return hashOf(seen) === hash ? undefined : `${length} bytes, and not all of them its own`;
};

// Opened pictures made up for tests: as a store would hand them out, with whatever goes wrong on the way.
import { Readable } from 'node:stream';
import type { OpenPicture, PictureFacts } from '../../lib/stores/store.ts';

export interface MadeUp {
  readonly facts?: Partial<PictureFacts>;
  readonly unchanged?: boolean;
  /** The body breaks off after its content, as a reset connection does. */
  readonly breaks?: Error;
}

export const madeUpPicture = (
  content: string | Buffer,
  { facts, unchanged = true, breaks }: MadeUp = {},
): OpenPicture => {
  const bytes = Buffer.from(content);
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    if (breaks) throw breaks;
  };
  return {
    facts: { size: bytes.length, modifiedAt: 1_700_000_000_000, metadata: {}, ...facts },
    body: Readable.from(chunks()),
    unchanged: async () => unchanged,
  };
};

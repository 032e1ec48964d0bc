// How large the parts of a picture are that travels in parts.

const MEBIBYTE = 1024 * 1024;
const PARTS_AT_MOST = 10_000;

/** What was asked for, or more where 10,000 parts would not do: in whole MiB, since all parts but the last must be equal. */
export const partSizeFor = (sizeBytes: number, wantedBytes: number): number =>
  wantedBytes * PARTS_AT_MOST >= sizeBytes ? wantedBytes : Math.ceil(sizeBytes / PARTS_AT_MOST / MEBIBYTE) * MEBIBYTE;

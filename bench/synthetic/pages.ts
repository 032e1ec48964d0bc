// What a made-up bucket answers to ListObjectsV2: prefix, start-after or token, delimiter, keys as URLs.
import { countUpTo, type Shape } from './shapes.ts';

const PAGE = 1_000;
/** Entries that are written at once, and kept. */
const BLOCK = 1_000;
const LAST = '\u{10ffff}';
const COMMON =
  '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag>';

interface Block {
  readonly bytes: Buffer;
  /** Where each entry begins, and where the last one ends. */
  readonly starts: readonly number[];
}

export class Pages {
  readonly #shape: Shape;
  readonly #blocks = new Map<number, Block>();
  readonly #kept: number;

  /** `kept`: blocks kept in memory, about 250 KB each. */
  constructor(shape: Shape, kept = 0) {
    this.#shape = shape;
    this.#kept = kept;
  }

  /** Writes what is kept before anybody asks for it. */
  prepare(): void {
    for (let number = 0; number * BLOCK < this.#shape.count && number < this.#kept; number++) this.#block(number);
  }

  answer(query: URLSearchParams): Buffer {
    const shape = this.#shape;
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter');
    const token = query.get('continuation-token');
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
    const end = prefix === '' ? shape.count : countUpTo(shape, prefix + LAST);
    const from = Math.max(countUpTo(shape, after), prefix === '' ? 0 : countUpTo(shape, prefix));
    if (delimiter !== null) return this.#rolledUp(prefix, delimiter, from, end);
    const to = Math.min(end, from + PAGE);
    return page(this.#entries(from, to), to - from, to < end ? shape.keyAt(to - 1) : undefined);
  }

  #rolledUp(prefix: string, delimiter: string, from: number, end: number): Buffer {
    const items: Buffer[] = [];
    let token = '';
    let at = from;
    while (at < end && items.length < PAGE) {
      const key = this.#shape.keyAt(at);
      const slash = key.indexOf(delimiter, prefix.length);
      token = slash < 0 ? key : `${key.slice(0, slash + 1)}${LAST}`;
      items.push(slash < 0 ? this.#entry(at) : commonPrefix(key.slice(0, slash + 1)));
      at = slash < 0 ? at + 1 : countUpTo(this.#shape, token);
    }
    return page(items, items.length, at < end ? token : undefined);
  }

  #entries(from: number, to: number): Buffer[] {
    const parts: Buffer[] = [];
    for (let at = from; at < to; ) {
      const number = Math.floor(at / BLOCK);
      const { bytes, starts } = this.#block(number);
      const until = Math.min(to, (number + 1) * BLOCK);
      parts.push(bytes.subarray(starts[at % BLOCK], starts[until - number * BLOCK]));
      at = until;
    }
    return parts;
  }

  #block(number: number): Block {
    const kept = this.#blocks.get(number);
    if (kept) return kept;
    const entries: Buffer[] = [];
    const starts = [0];
    for (let at = number * BLOCK; at < Math.min(this.#shape.count, (number + 1) * BLOCK); at++) {
      const entry = this.#entry(at);
      entries.push(entry);
      starts.push(starts.at(-1)! + entry.length);
    }
    const block = { bytes: Buffer.concat(entries), starts };
    if (this.#blocks.size < this.#kept) this.#blocks.set(number, block);
    return block;
  }

  #entry(at: number): Buffer {
    const key = this.#shape.keyAt(at);
    return Buffer.from(
      `<Contents><Key>${encodeURIComponent(key)}</Key>${COMMON}<Size>${sizeOf(key)}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    );
  }
}

/** By its name alone: wherever a picture is listed, and beside which others, it is the same one. */
const sizeOf = (key: string): number => {
  let mixed = 0;
  for (let i = 0; i < key.length; i++) mixed = (mixed * 31 + key.charCodeAt(i)) % 1_000;
  return 1_000_000 + mixed;
};

const commonPrefix = (prefix: string): Buffer =>
  Buffer.from(`<CommonPrefixes><Prefix>${encodeURIComponent(prefix)}</Prefix></CommonPrefixes>`);

const page = (items: readonly Buffer[], count: number, token: string | undefined): Buffer => {
  const next =
    token === undefined
      ? ''
      : `<NextContinuationToken>${Buffer.from(token).toString('base64url')}</NextContinuationToken>`;
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><KeyCount>${count}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${token !== undefined}</IsTruncated>${next}`;
  return Buffer.concat([Buffer.from(head), ...items, Buffer.from('</ListBucketResult>')]);
};

// Reads one ListObjectsV2 answer, front to back, once: about two million keys a CPU second.
import type { Entry } from '../../compare/entry.ts';
import { PageKeys, UnreadablePage } from './page-keys.ts';
import { digits, isArchive, isRestored, unquoted } from './page-values.ts';
import { decodeEntities, isWhole, textOf } from './xml.ts';

export interface Page {
  /** In the order of the answer, relative to the store's prefix. */
  readonly entries: Entry[];
  /** As the service has them, decoded. */
  readonly commonPrefixes: string[];
  /** The continuation token; undefined: the listing ends here. */
  readonly next?: string;
  /** As many as the service puts on one page. */
  readonly isFull: boolean;
}

/** What S3 puts on a page, and what services do that do not say how many. */
const KEYS_ON_A_PAGE = 1_000;

const ROOT = 'ListBucketResult';
const END = `</${ROOT}>`;

export const isWholePage = (xml: string): boolean => isWhole(xml, ROOT);

/** Of a document that `isWholePage` found whole. */
export const readPage = (xml: string, prefix: string): Page => {
  // Asked for encoding-type=url, but only where the answer says so: some services send keys as they are.
  const scanner = new PageScanner(xml, prefix, xml.includes('<EncodingType>url</EncodingType>'));
  scanner.scan();
  return scanner.page();
};

const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const [UPPER_E, UPPER_K, UPPER_L, UPPER_R, UPPER_S, UPPER_T, UPPER_Z] = Buffer.from('EKLRSTZ');

class PageScanner {
  private readonly xml: string;
  private readonly keys: PageKeys;
  private readonly entries: Entry[] = [];
  private readonly commonPrefixes: string[] = [];
  private truncated: string | undefined;
  private token: string | undefined;
  private maxKeys = KEYS_ON_A_PAGE;
  /** Behind what was read. */
  private at = 0;
  /** The last entry's, as a number like 20240701, and when it began. */
  private date = Number.NaN;
  private midnight = Number.NaN;

  constructor(xml: string, prefix: string, urlEncoded: boolean) {
    this.xml = xml;
    this.keys = new PageKeys(xml, prefix, urlEncoded);
  }

  scan(): void {
    const { xml } = this;
    this.at = xml.indexOf('>', xml.indexOf(`<${ROOT}`)) + 1;
    for (let open = this.open(); open >= 0; open = this.open()) {
      if (xml.startsWith('Contents>', open + 1)) this.contents(open + 10);
      else if (xml.startsWith('CommonPrefixes>', open + 1)) {
        this.commonPrefixes.push(this.keys.decoded(textOf(this.inner(open), 'Prefix') ?? ''));
      } else if (xml.startsWith('IsTruncated>', open + 1)) this.truncated = this.inner(open);
      else if (xml.startsWith('MaxKeys>', open + 1)) this.maxKeys = Number(this.inner(open)) || KEYS_ON_A_PAGE;
      else if (xml.startsWith('NextContinuationToken>', open + 1)) this.token = decodeEntities(this.inner(open));
      else this.inner(open);
    }
    // Whatever stands behind an end that comes too early would be left out, and count as missing or as extra.
    if (xml.slice(this.at).trim() !== END) {
      throw new UnreadablePage('the document goes on behind its end');
    }
    this.keys.finish();
  }

  page(): Page {
    const { entries, commonPrefixes, truncated, token } = this;
    if (truncated !== 'true' && truncated !== 'false') {
      throw new UnreadablePage('the answer does not say whether more follows (IsTruncated)');
    }
    const isFull = entries.length + commonPrefixes.length >= this.maxKeys;
    if (truncated === 'false') return { entries, commonPrefixes, isFull };
    if (!token) throw new UnreadablePage('the answer says that more follows, but not how to go on (no token)');
    return { entries, commonPrefixes, next: token, isFull };
  }

  /** The next child's `<`; -1 at the end of the element around it. */
  private open(): number {
    const { xml, at } = this;
    // Nearly always right here: services put no spaces between elements.
    const open = xml.charCodeAt(at) === LESS ? at : xml.indexOf('<', at);
    return open < 0 || xml.charCodeAt(open + 1) === SLASH ? -1 : open;
  }

  /** What stands in the element that opens here, and moves behind it. */
  private inner(open: number): string {
    const { xml } = this;
    const bracket = xml.indexOf('>', open);
    if (xml.charCodeAt(bracket - 1) === SLASH) {
      this.at = bracket + 1;
      return '';
    }
    const end = xml.indexOf('<', bracket);
    if (xml.charCodeAt(end + 1) === SLASH) {
      this.at = xml.indexOf('>', end) + 1;
      return xml.slice(bracket + 1, end);
    }
    const name = xml.slice(open + 1, bracket).split(' ', 1)[0];
    const close = xml.indexOf(`</${name}>`, bracket);
    if (close < 0) throw new UnreadablePage(`<${name}> is not closed`);
    this.at = xml.indexOf('>', close) + 1;
    const inner = xml.slice(bracket + 1, close);
    // Within what is of no interest, or what is not closed as it was opened, entries would be passed over.
    if (inner.includes('<Contents>')) throw new UnreadablePage('not all of its entries can be read');
    return inner;
  }

  private isLong(open: number, nameLength: number): boolean {
    return this.xml.charCodeAt(open + nameLength + 1) === GREATER;
  }

  /** Text without children, found by its next `<`. */
  private leaf(open: number, nameLength: number): string {
    const { xml } = this;
    const from = open + nameLength + 2;
    const end = xml.indexOf('<', from);
    this.close(end, nameLength);
    return xml.slice(from, end);
  }

  private close(end: number, nameLength: number): void {
    const { xml } = this;
    this.at = end + nameLength + 3;
    if (xml.charCodeAt(end + 1) !== SLASH || xml.charCodeAt(this.at - 1) !== GREATER)
      throw new UnreadablePage('an element is not closed');
  }

  /** `2024-07-01T12:00:00.000Z`, as S3 writes it, read where it stands; Date.parse reads what is written otherwise. */
  private time(open: number): number {
    const { xml } = this;
    const from = open + 14;
    const end = from + 24;
    if (xml.charCodeAt(end) !== LESS || xml.charCodeAt(end - 1) !== UPPER_Z || xml.charCodeAt(from + 10) !== UPPER_T)
      return Date.parse(this.leaf(open, 12));
    this.close(end, 12);
    const [year, month, day] = [digits(xml, from, 4), digits(xml, from + 5, 2), digits(xml, from + 8, 2)];
    const date = year * 10_000 + month * 100 + day;
    // Most entries are of the same day as the one before.
    if (date !== this.date) {
      this.date = date;
      this.midnight = Date.UTC(year, month - 1, day);
    }
    const minutes = digits(xml, from + 11, 2) * 60 + digits(xml, from + 14, 2);
    return this.midnight + minutes * 60_000 + digits(xml, from + 17, 2) * 1_000 + digits(xml, from + 20, 3);
  }

  /** Digits alone: `Number` would take `0x10`, `1e3` and `-0` too. -1: no size. */
  private size(open: number): number {
    const from = open + 6;
    const end = this.xml.indexOf('<', from);
    this.close(end, 4);
    const size = end === from ? -1 : digits(this.xml, from, end - from);
    return Number.isSafeInteger(size) ? size : -1;
  }

  private etag(open: number): string {
    const { xml } = this;
    const from = open + 6;
    // Nearly always an MD5 in hex, in quotes.
    if (!xml.startsWith('&quot;', from) || !xml.startsWith('&quot;<', from + 38)) return unquoted(this.leaf(open, 4));
    this.close(from + 44, 4);
    return xml.slice(from + 6, from + 38);
  }

  private isArchived(open: number): boolean {
    if (!this.xml.startsWith('STANDARD<', open + 14)) return isArchive(this.leaf(open, 12));
    this.close(open + 22, 12);
    return false;
  }

  private contents(from: number): void {
    const { xml } = this;
    let key: string | undefined;
    let keyFrom = 0;
    let size = -1;
    let modifiedAt = Number.NaN;
    let etag: string | undefined;
    let archived = false;
    let restored = false;
    this.at = from;
    for (let open = this.open(); open >= 0; open = this.open()) {
      // Hot, several times an entry: first letter and length tell S3's names apart.
      const letter = xml.charCodeAt(open + 1);
      if (letter === UPPER_K && this.isLong(open, 3)) {
        keyFrom = open + 5;
        key = this.leaf(open, 3);
      } else if (letter === UPPER_L && this.isLong(open, 12)) modifiedAt = this.time(open);
      else if (letter === UPPER_E && this.isLong(open, 4)) etag = this.etag(open);
      else if (letter === UPPER_S && this.isLong(open, 4)) size = this.size(open);
      else if (letter === UPPER_S && this.isLong(open, 12)) archived = this.isArchived(open);
      else if (letter === UPPER_R && this.isLong(open, 13)) restored = isRestored(this.inner(open));
      else this.inner(open);
    }
    this.at = xml.indexOf('<', this.at);
    if (!xml.startsWith('</Contents>', this.at)) throw new UnreadablePage('an entry ends before its end');
    this.at += 11;
    if (key === undefined || size < 0 || Number.isNaN(modifiedAt)) {
      throw new UnreadablePage('an entry lacks its Key, Size or LastModified');
    }
    const entry =
      archived && !restored
        ? { key, size, modifiedAt, etag, archived: true as const }
        : { key, size, modifiedAt, etag };
    this.keys.give(entry, key, keyFrom);
    this.entries.push(entry);
  }
}

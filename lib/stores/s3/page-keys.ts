// The keys of a page: relative to the store's prefix, and as they are, however they were sent.
import { decodeUrlTexts } from './url-text.ts';
import { decodeEntities } from './xml.ts';

/** What a page must never contain: thrown as text, since only the caller knows the bucket. */
export class UnreadablePage extends Error {
  override name = 'UnreadablePage';
}

export class PageKeys {
  private readonly xml: string;
  private readonly prefix: string;
  private readonly urlEncoded: boolean;
  /** Still to be decoded: where they stand, from and to, and whose they are. */
  private readonly froms: number[] = [];
  private readonly tos: number[] = [];
  private readonly owners: { key: string }[] = [];

  constructor(xml: string, prefix: string, urlEncoded: boolean) {
    this.xml = xml;
    this.prefix = prefix;
    this.urlEncoded = urlEncoded;
  }

  /** At once, or when all are decoded together: `text` stands in the page from there on. */
  give(owner: { key: string }, text: string, from: number): void {
    if (text.includes('&')) owner.key = this.relative(this.decoded(decodeEntities(text)));
    else if (!this.isEncoded(text)) owner.key = this.relative(text);
    else {
      this.froms.push(from);
      this.tos.push(from + text.length);
      this.owners.push(owner);
    }
  }

  finish(): void {
    const { owners } = this;
    const keys = decode(this.xml, this.froms, this.tos);
    for (let i = 0; i < owners.length; i++) owners[i]!.key = this.relative(keys[i]!);
  }

  decoded(text: string): string {
    return this.isEncoded(text) ? decode(text, [0], [text.length])[0]! : text;
  }

  private isEncoded(text: string): boolean {
    return this.urlEncoded && (text.includes('%') || text.includes('+'));
  }

  private relative(key: string): string {
    const { prefix } = this;
    if (!key.startsWith(prefix)) throw new UnreadablePage(`"${key}" does not lie under the prefix "${prefix}"`);
    return prefix === '' ? key : key.slice(prefix.length);
  }
}

const decode = (page: string, froms: readonly number[], tos: readonly number[]): string[] => {
  try {
    return decodeUrlTexts(page, froms, tos);
  } catch (error) {
    throw new UnreadablePage(`the key "${(error as URIError).cause}" is not percent-encoded UTF-8`);
  }
};

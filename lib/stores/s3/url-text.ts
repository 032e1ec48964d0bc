// Decodes keys that were sent as URLs (`encoding-type=url`): a listing has a thousand of them on a page, and decodeURIComponent takes its time.
import { isUtf8 } from 'node:buffer';

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
/** Between two texts: what one ends with and the next begins with makes no character. */
const SEPARATOR = 0x0a;
const HEX = new Int8Array(256).fill(-1);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

const hexDigit = (text: string, at: number): number => HEX[text.charCodeAt(at)] ?? -1;

/** Used again by each call; a page of S3's longest keys has 1 MB. */
let bytes = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Texts that stand in a page, each from one place to another, decoded together: for one alone, the call that makes a string takes longer
 * than all else, and where a string was cut out of the page every look at it takes a detour. `+` is a space. Throws a URIError, with the
 * text as its cause, where what stands there is no percent-encoded UTF-8.
 */
export const decodeUrlTexts = (page: string, froms: readonly number[], tos: readonly number[]): string[] => {
  const count = froms.length;
  let most = count;
  for (let n = 0; n < count; n++) most += tos[n]! - froms[n]!;
  if (most > bytes.length) bytes = Buffer.allocUnsafeSlow(2 * most);
  const separately = () => froms.map((from, n) => decodeOne(page.slice(from, tos[n])));
  /** Where each ends, in UTF-16 units. */
  const ends: number[] = [];
  let at = 0;
  let units = 0;
  for (let n = 0; n < count; n++) {
    const to = tos[n]!;
    for (let i = froms[n]!; i < to; i++) {
      let byte = page.charCodeAt(i);
      // Sent as it is, in an answer that says otherwise.
      if (byte > 0x7f) return separately();
      if (byte === PERCENT) {
        byte = i + 2 < to ? (hexDigit(page, i + 1) << 4) | hexDigit(page, i + 2) : -1;
        if (byte < 0) return separately();
        i += 2;
      } else if (byte === PLUS) byte = SPACE;
      bytes[at++] = byte;
      // A character's first byte counts; that of four bytes is two units.
      if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2;
    }
    bytes[at++] = SEPARATOR;
    ends.push(units++);
  }
  const decoded = bytes.subarray(0, at);
  // One of them is not: which one, is told.
  if (!isUtf8(decoded)) return separately();
  const all = decoded.toString('utf8');
  return ends.map((end, n) => all.slice(n === 0 ? 0 : ends[n - 1]! + 1, end));
};

const decodeOne = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new URIError('URI malformed', { cause: text });
  }
};

// Decodes keys that were sent as URLs (`encoding-type=url`): a listing has a thousand of them on a page, and decodeURIComponent takes its time.
import { isUtf8 } from 'node:buffer';

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
/** What decodes to more is left to decodeURIComponent; S3's keys have 1,024 bytes at most. */
const bytes = Buffer.allocUnsafeSlow(4_096);
const HEX = new Int8Array(256).fill(-1);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

const hexDigit = (text: string, at: number): number => HEX[text.charCodeAt(at)] ?? -1;

/** `+` is a space. Throws a URIError where what stands there is no percent-encoded UTF-8. */
export const decodeUrlText = (text: string): string => {
  if (text.length > bytes.length) return decodeURIComponent(text.replaceAll('+', ' '));
  let length = 0;
  let anyBit = 0;
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i);
    // Sent as it is, in an answer that says otherwise.
    if (byte > 0x7f) return decodeURIComponent(text.replaceAll('+', ' '));
    if (byte === PERCENT) {
      byte = (hexDigit(text, i + 1) << 4) | hexDigit(text, i + 2);
      if (byte < 0) throw new URIError('URI malformed');
      i += 2;
    } else if (byte === PLUS) byte = SPACE;
    bytes[length++] = byte;
    anyBit |= byte;
  }
  if (anyBit < 0x80) return bytes.toString('latin1', 0, length);
  if (!isUtf8(bytes.subarray(0, length))) throw new URIError('URI malformed');
  return bytes.toString('utf8', 0, length);
};

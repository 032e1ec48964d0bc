// Names that are no UTF-8, carried through keys byte for byte (as Python's `surrogateescape` does).
// Node would hand them out with U+FFFD in place of the odd bytes, and two such files would get one key.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const FIRST_ESCAPE = 0xdc00;

/** A name as the file system holds it; bytes that are no UTF-8 become U+DC80..U+DCFF. */
export const nameOf = (bytes: Buffer): string => {
  const whole = decoded(bytes);
  if (whole !== undefined) return whole;
  let name = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes[at] as number);
    const character = at + length <= bytes.length ? decoded(bytes.subarray(at, at + length)) : undefined;
    name += character ?? String.fromCharCode(FIRST_ESCAPE + (bytes[at] as number));
    at += character === undefined ? 1 : length;
  }
  return name;
};

/** The way back: what to hand to the file system. Plain text stays text, which is what almost every name is. */
export const bytesOf = (name: string): string | Buffer => {
  if (name.isWellFormed()) return name;
  const parts: Buffer[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - FIRST_ESCAPE]) : Buffer.from(character));
  }
  return Buffer.concat(parts);
};

const decoded = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

const lengthOfCharacter = (lead: number): number => (lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

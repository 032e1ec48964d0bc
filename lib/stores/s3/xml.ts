// The little XML that S3 speaks: found by indexOf, front to back, without building a tree.

/** The root element's name; undefined where there is none (an empty, cut or foreign body). */
export const rootOf = (xml: string): string | undefined => {
  let at = 0;
  for (;;) {
    // S3 sends spaces while a long copy is under way, before the document and after its declaration.
    at = xml.indexOf('<', at);
    if (at < 0) return undefined;
    const next = xml.charCodeAt(at + 1);
    if (next !== QUESTION_MARK && next !== EXCLAMATION_MARK) break;
    at = xml.indexOf('>', at);
    if (at < 0) return undefined;
  }
  return /^<([A-Za-z][\w.-]*)/.exec(xml.slice(at, at + 80))?.[1];
};

/** Of this name, and not cut before its end. */
export const isWhole = (xml: string, root: string): boolean =>
  rootOf(xml) === root && xml.trimEnd().endsWith(`</${root}>`);

const QUESTION_MARK = 0x3f;
const EXCLAMATION_MARK = 0x21;

/** The text of the first element of this name, entities decoded. */
export const textOf = (xml: string, name: string): string | undefined => {
  const open = xml.indexOf(`<${name}>`);
  if (open < 0) return undefined;
  const close = xml.indexOf(`</${name}>`, open);
  return close < 0 ? undefined : decodeEntities(xml.slice(open + name.length + 2, close));
};

/** The inner XML of every element of this name. */
export const elementsOf = (xml: string, name: string): string[] => {
  const found: string[] = [];
  for (let open = xml.indexOf(`<${name}>`); open >= 0; open = xml.indexOf(`<${name}>`, open)) {
    const close = xml.indexOf(`</${name}>`, open);
    if (close < 0) break;
    found.push(xml.slice(open + name.length + 2, close));
    open = close;
  }
  return found;
};

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
        // Own names only: `&toString;` is no character.
        if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? whole) : whole;
        const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
        // Half a surrogate pair is no character either, and no request could carry it.
        const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
        return isCharacter ? String.fromCodePoint(code) : whole;
      })
    : text;

export const encodeEntities = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

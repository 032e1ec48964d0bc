// What stands in the fields of a listing's entry.
import { decodeEntities, textOf } from './xml.ts';

export const isArchive = (storageClass: string): boolean =>
  storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';

/** A restored copy is there to be read; while it is being restored it is not. */
export const isRestored = (status: string): boolean =>
  textOf(status, 'IsRestoreInProgress') === 'false' && status.includes('<RestoreExpiryDate>');

export const unquoted = (raw: string): string => {
  if (raw.startsWith('&quot;') && raw.endsWith('&quot;')) return raw.slice(6, -6);
  const text = decodeEntities(raw);
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
};

/** NaN where something else than digits stands there. */
export const digits = (text: string, from: number, count: number): number => {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

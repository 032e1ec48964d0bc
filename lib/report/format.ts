// Figures as people read them: the same in tables, sentences and progress lines.

export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Decimal units, three digits or so: what disks and bills are measured in. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  // 999.5 kB would be printed as 1,000 kB.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
};

export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
};

/** To the second, in UTC: `2026-05-01 18:30:07 UTC`. */
export const formatMoment = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

export const pictures = (count: number): string => (count === 1 ? '1 picture' : `${formatCount(count)} pictures`);

/** `0.32`, `12.40`, `1,234`; below a cent `less than 0.01`. */
export const formatUsd = (usd: number): string => {
  if (usd === 0) return '0';
  if (usd < 0.01) return 'less than 0.01';
  return usd < 1_000 ? usd.toFixed(2) : formatCount(Math.round(usd));
};

/** A limit, as it was asked for: cents at least. */
export const formatLimitUsd = (usd: number): string => (Number.isInteger(usd * 100) ? usd.toFixed(2) : String(usd));

// A time in milliseconds as `utimes` takes it, so that the file shows that very millisecond afterwards.

/**
 * Seconds, with half a microsecond on top: on its way through a double a time would otherwise lose its last
 * microsecond now and then, and with it the millisecond. Node takes negative seconds for "now", but not dates.
 */
export const fileTimeOf = (ms: number): number | Date | undefined => {
  if (!Number.isFinite(ms)) return undefined;
  return ms < 0 ? new Date(ms) : (ms + 0.0005) / 1_000;
};

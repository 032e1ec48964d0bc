// A text as a shell takes it: recommended commands are pasted, and parts of them come from elsewhere.

/** `my pictures` -> `'my pictures'`. A `~` in front would be somebody's home. */
export const quoted = (text: string): string =>
  /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

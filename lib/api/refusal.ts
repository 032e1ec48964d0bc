// What the API answers to whom it does not serve: nothing was started and nothing written then.

export interface Refusal {
  readonly kind: 'refused';
  /** As in HTTP. */
  readonly status: 400 | 403 | 404 | 409 | 410 | 422;
  /** Says what is wrong and how to go on. */
  readonly message: string;
  /** 409: the migration that is in the way. */
  readonly migrationId?: string;
}

export const refused = (status: Refusal['status'], message: string, migrationId?: string): Refusal => ({
  kind: 'refused',
  status,
  message,
  ...(migrationId === undefined ? {} : { migrationId }),
});

export const isRefusal = (value: object): value is Refusal => 'kind' in value && value.kind === 'refused';

export const noMigration = (id: string): Refusal =>
  refused(404, `There is no migration ${shown(id)}: GET /migrations lists those there are.`);

/** What somebody sent, for a sentence: short, and on one line. */
export const shown = (text: string): string => {
  const line = JSON.stringify(text).slice(1, -1);
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
};

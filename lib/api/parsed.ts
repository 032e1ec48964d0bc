// From what somebody sent to a body of the right shape, or a refusal that names the fields.
import type * as z from 'zod';
import { toDotPath } from 'zod/v4/core';
import { fromBodySchema, type MigrationBody, pairBodySchema } from './bodies.ts';
import { type Refusal, refused } from './refusal.ts';

export const parsed = <T extends object>(schema: z.ZodType<T>, body: unknown): T | Refusal => {
  const judged = schema.safeParse(body);
  return judged.success ? judged.data : refused(400, `The body cannot be used: ${complaintsOf(judged.error)}`);
};

/** A union's own complaint would only say that neither shape fits. */
export const parsedMigration = (body: unknown): MigrationBody | Refusal =>
  typeof body === 'object' && body !== null && 'from' in body
    ? parsed(fromBodySchema, body)
    : parsed(pairBodySchema, body);

const MOST = 5;

export const complaintsOf = ({ issues }: z.ZodError): string => {
  const said = issues.slice(0, MOST).map(({ path, message }) => {
    const field = toDotPath(path);
    return `${field === '' ? '' : `${field}: `}${message}`;
  });
  if (issues.length > MOST) said.push(`and ${issues.length - MOST} more`);
  const all = said.join('; ');
  return all.length > 1_000 ? `${all.slice(0, 1_000)}…` : all;
};

// Finds the migrations of one pair: beside each record stands a document under an index of its source and destination.
import { createHash } from 'node:crypto';
import { addressOf } from '../stores/spec.ts';
import type { Document } from './ports.ts';
import type { MigrationRecord } from './record.ts';

/** Its migration is read by `id`: figures stand in the record alone. */
export interface PairDocument extends Document {
  readonly sk: 'pair';
  readonly index: string;
  readonly createdAt: string;
  readonly id: string;
}

/** Going back is another pair, unlike for the lock. Hashed, because addresses may be long. */
export const pairIndexOf = (sourceAddress: string, destinationAddress: string): string =>
  `pair#${createHash('sha256').update(`${sourceAddress}\n${destinationAddress}`).digest('hex').slice(0, 32)}`;

export const pairDocumentOf = ({ pk, createdAt, id, request }: MigrationRecord): PairDocument => ({
  pk,
  sk: 'pair',
  index: pairIndexOf(addressOf(request.source), addressOf(request.destination)),
  createdAt,
  id,
});

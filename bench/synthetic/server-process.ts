// The made-up server as a process of its own: node server-process.ts '{"buckets": {"old": ["hashes", 1000000]}, "latencyMs": 60}'

import { type Figures, startSynthetic } from './server.ts';
import { type ShapeName, shapeOf } from './shapes.ts';

export interface ServerOptions {
  /** Shape, count, and every how manyth key is lacking (0: none). */
  readonly buckets: Readonly<Record<string, readonly [shape: ShapeName, count: number, every?: number]>>;
  readonly latencyMs: number;
  readonly kept?: number;
}

export type FromServer = { readonly url: string } | { readonly figures: Figures };

const { buckets, latencyMs, kept } = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const shapes = Object.entries(buckets).map(([name, [shape, count, every]]) => [name, shapeOf(shape, count, every)]);
const { url, figures } = await startSynthetic(Object.fromEntries(shapes), { latencyMs, ...(kept && { kept }) });
// Asked: what was asked for so far.
process.on('message', () => process.send?.({ figures } satisfies FromServer));
process.on('disconnect', () => process.exit(0));
process.send?.({ url } satisfies FromServer);

// The one list made for people: what was missing in round 1, in key order, gzip members joined as they are.
import { gzipSync } from 'node:zlib';
import { pMapIterable } from 'p-map';
import { UnreadableFile } from './errors.ts';
import { writeJson } from './lines.ts';
import { missingIndexPath, missingPath } from './paths.ts';
import type { ShardRef } from './payloads.ts';
import type { ReportFiles } from './ports.ts';

const MISSING_LIST_MAX_BYTES = 1024 ** 3;
/** Of about 30 KB each; joined in their order whichever comes first. */
const READ_AT_ONCE = 16;

export const writeMissingList = async (files: ReportFiles, id: string, shards: readonly ShardRef[]): Promise<void> => {
  const missing = shards.filter(({ finding }) => finding === 'missingOnDestination');
  if (missing.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0) > MISSING_LIST_MAX_BYTES) {
    await writeJson(
      files,
      missingIndexPath(id),
      missing.map(({ path, count, bytes }) => ({ path, count, bytes })),
    );
    return;
  }
  await files.writeAll(missingPath(id), joined(files, missing));
};

async function* joined(files: ReportFiles, shards: readonly ShardRef[]): AsyncGenerator<Uint8Array> {
  if (shards.length === 0) yield EMPTY_GZIP;
  // One after the other, those of a hundred million pictures would take as long as a Lambda may run.
  yield* pMapIterable(shards, (shard) => bodyOf(files, shard), { concurrency: READ_AT_ONCE });
}

const bodyOf = async (files: ReportFiles, { path, gzipBytes }: ShardRef): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await files.open(path)) as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  // Joined unread, a shard that was cut would make all behind it unreadable.
  if (body.length !== gzipBytes)
    throw new UnreadableFile(`The list ${path} is not what was written there: ${body.length} bytes.`);
  return body;
};

/** A gzip member of nothing, so that an empty list passes `gzip -t` too. */
const EMPTY_GZIP = gzipSync('');

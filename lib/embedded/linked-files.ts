// GET /files/…: a report file to whoever has a signed link to it. Nothing else of this machine can be read here.
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Handler } from 'hono';
import { problem, problemResponse } from '../api/problem.ts';
import type { ReportFiles } from '../workflow/ports.ts';
import type { LinkedFile, SignedLinks } from './signed-links.ts';

const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['.html', 'text/html; charset=utf-8'],
  ['.json', 'application/json'],
  ['.gz', 'application/gzip'],
];

/** The page has its style within itself and needs nothing else; picture names stand in it. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const linkedFiles =
  (links: SignedLinks, files: ReportFiles): Handler =>
  async ({ req }) => {
    const { pathname, search } = new URL(req.url);
    const linked = links.read(`${pathname}${search}`);
    if (linked === 'changed') {
      return no(403, 'This link is not one that this server signed: open it exactly as the report gave it.');
    }
    if (linked === 'expired') {
      return no(
        403,
        "This link's time is over: ask for the report again (GET /migrations/ID/report), it names new ones.",
      );
    }
    const found = await openFile(files.where(linked.path));
    if (!found) return no(404, 'This file is gone, or was never written.');
    const headers = headersOf(linked, found.stats);
    // hono makes a GET of HEAD and throws the body away: a stream would stay open.
    if (req.raw.method === 'HEAD') {
      await found.file.close();
      return new Response(null, { headers });
    }
    return new Response(bodyOf(found) as BodyOfResponse, { headers });
  };

const no = (status: number, detail: string): Response =>
  problemResponse(problem(status, detail), { 'Cache-Control': 'no-store', Connection: 'close' });

/** Node's own streams, as its own Response takes them. */
type BodyOfResponse = ConstructorParameters<typeof Response>[0];

interface Opened {
  readonly file: FileHandle;
  readonly stats: Stats;
}

/** Opened and measured as one: a report is replaced by a newer one at any time. */
const openFile = async (path: string): Promise<Opened | undefined> => {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const stats = await file.stat();
  if (stats.isFile()) return { file, stats };
  await file.close();
  return undefined;
};

const headersOf = ({ path, saveAs }: LinkedFile, { size }: Stats): Record<string, string> => ({
  'Content-Type': TYPES.find(([ending]) => path.endsWith(ending))?.[1] ?? 'application/octet-stream',
  'Content-Disposition': saveAs === undefined ? 'inline' : `attachment; filename="${saveAs}"`,
  'Content-Length': String(size),
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
});

/** Ends, and closes the file, whether it is read to its end or the browser goes away. */
const bodyOf = ({ file, stats }: Opened): ReadableStream<Uint8Array> => {
  // An empty file has no last byte to read up to.
  const stream = stats.size === 0 ? file.createReadStream() : file.createReadStream({ end: stats.size - 1 });
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
};

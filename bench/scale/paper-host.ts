// Records, files and stores of paper, on simulated time: they count what is asked of them, and the real steps run on them.
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import { createMemoryBudget } from '../../lib/stores/memory-budget.ts';
import { Pace } from '../../lib/stores/pace.ts';
import { LIST_PRICES } from '../../lib/stores/prices.ts';
import type { Store } from '../../lib/stores/store.ts';
import type { Limits } from '../../lib/workflow/limits.ts';
import type { Document, Records, ReportFiles } from '../../lib/workflow/ports.ts';
import type { StepContext } from '../../lib/workflow/steps/context.ts';
import {
  FILE_BYTES_PER_MS,
  FILE_READ_MS,
  FILE_WRITE_MS,
  LAMBDA_MS,
  QUERY_PAGE_BYTES,
  QUERY_PAGE_MS,
  RECORD_MS,
} from './assumptions.ts';
import { PaperClock } from './paper-clock.ts';

const WRITE_UNIT_BYTES = 1_024;
const LAMBDA = { gigabytes: 1_769 / 1_024, region: 'eu-central-1' };

/** What lib/deployed/dynamo-records.ts makes of a document: its JSON, and its scalars beside it. */
export const itemBytes = (document: Document): number => {
  const scalars = Object.entries(document).filter(([, value]) => typeof value !== 'object');
  const beside = scalars.reduce((sum, [name, value]) => sum + name.length + String(value).length, 'document'.length);
  return Buffer.byteLength(JSON.stringify(document)) + beside;
};

export const writeUnits = (bytes: number): number => Math.ceil(bytes / WRITE_UNIT_BYTES);

export interface PaperHost {
  readonly clock: PaperClock;
  readonly documents: Map<string, Document>;
  readonly bodies: Map<string, Buffer>;
  /** Files whose bytes nobody looks at: the length of each. */
  readonly lists: Map<string, number>;
  readonly used: { writeUnits: number; biggestItemBytes: number };
  readonly context: () => StepContext;
}

export const createPaperHost = (limits: Limits, store: Store): PaperHost => {
  const clock = new PaperClock();
  const documents = new Map<string, Document>();
  const bodies = new Map<string, Buffer>();
  const lists = new Map<string, number>();
  const used = { writeUnits: 0, biggestItemBytes: 0 };
  const zeros = Buffer.alloc(1024 * 1024);

  const records: Records = {
    get: async <T extends Document>(pk: string, sk: string) => {
      await clock.sleep(RECORD_MS);
      return documents.get(`${pk} ${sk}`) as T | undefined;
    },
    put: async (document) => {
      await clock.sleep(RECORD_MS);
      const bytes = itemBytes(document);
      used.writeUnits += writeUnits(bytes);
      used.biggestItemBytes = Math.max(used.biggestItemBytes, bytes);
      documents.set(`${document.pk} ${document.sk}`, document);
      return true;
    },
    remove: async () => {},
    list: async function* <T extends Document>(pk: string, skPrefix: string) {
      let bytes = 0;
      await clock.sleep(QUERY_PAGE_MS);
      for (const [name, document] of documents) {
        if (!name.startsWith(`${pk} ${skPrefix}`)) continue;
        bytes += itemBytes(document);
        if (bytes > QUERY_PAGE_BYTES) {
          await clock.sleep(QUERY_PAGE_MS * Math.ceil(bytes / QUERY_PAGE_BYTES));
          bytes = 0;
        }
        yield document as T;
      }
    },
    newest: async () => [],
  };

  const files: ReportFiles = {
    read: async (path) => {
      const body = bodies.get(path);
      await clock.sleep(FILE_READ_MS + (body?.length ?? 0) / FILE_BYTES_PER_MS);
      return body;
    },
    has: async (path) => bodies.has(path) || lists.has(path),
    open: async (path) => {
      const bytes = lists.get(path) ?? bodies.get(path)?.length ?? 0;
      await clock.sleep(FILE_READ_MS + bytes / FILE_BYTES_PER_MS);
      return Readable.from(bytes === 0 ? [] : [zeros.subarray(0, bytes)]);
    },
    write: async (path, body) => {
      await clock.sleep(FILE_WRITE_MS + body.length / FILE_BYTES_PER_MS);
      bodies.set(path, Buffer.from(body));
    },
    writeAll: async (path, chunks) => {
      let bytes = 0;
      for await (const chunk of chunks) bytes += chunk.length;
      await clock.sleep(FILE_WRITE_MS);
      lists.set(path, bytes);
    },
    where: (path) => path,
  };

  const context = (): StepContext => ({
    ...{ records, files, limits, liveness: { mine: undefined, isDead: async () => false } },
    openStore: async () => store,
    now: () => clock.now,
    deadline: clock.now + LAMBDA_MS,
    attempt: 'attempt-00',
    listPlaces: pLimit(limits.listStreams),
    copyPlaces: pLimit(limits.copiesPerShard),
    memory: createMemoryBudget(limits.memoryBytes),
    pace: new Pace(),
    billing: { prices: LIST_PRICES, lambda: LAMBDA },
    log: () => {},
    count: () => {},
    announce: async () => {},
  });
  return { clock, documents, bodies, lists, used, context };
};

// Report files in the reports bucket. S3 shows an object only when its upload is complete.
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ReportFiles } from '../workflow/ports.ts';
import { orUnavailable } from './transient.ts';

/** S3 takes parts of 5 MiB and more, 10,000 at most: 8 MiB parts make files of up to 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;

export const createBucketReportFiles = (bucket: string, client: S3Client): ReportFiles => {
  const write = async (path: string, body: Buffer | string): Promise<void> => {
    await orUnavailable(client.send(new PutObjectCommand({ Bucket: bucket, Key: path, Body: body, ...typeOf(path) })));
  };

  const open = async (path: string): Promise<Readable> => {
    const { Body } = await orUnavailable(client.send(new GetObjectCommand({ Bucket: bucket, Key: path })));
    return Body as Readable;
  };

  const writeAll = async (path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    const place = { Bucket: bucket, Key: path };
    const uploaded: CompletedPart[] = [];
    let UploadId: string | undefined;
    try {
      for await (const { body, last } of partsOf(chunks)) {
        if (last && uploaded.length === 0) return await write(path, body);
        UploadId ??= (await orUnavailable(client.send(new CreateMultipartUploadCommand({ ...place, ...typeOf(path) }))))
          .UploadId;
        const part = { ...place, UploadId, PartNumber: uploaded.length + 1 };
        const { ETag } = await orUnavailable(client.send(new UploadPartCommand({ ...part, Body: body })));
        uploaded.push({ PartNumber: part.PartNumber, ETag });
      }
      const MultipartUpload = { Parts: uploaded };
      await orUnavailable(client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload })));
    } catch (error) {
      // What is left of it is paid for until it is aborted; the bucket's lifecycle sees to the rest.
      if (UploadId) await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => {});
      throw error;
    }
  };

  return {
    where: (path) => `s3://${bucket}/${path}`,
    read: async (path) => {
      try {
        return Buffer.concat(await orUnavailable((await open(path)).toArray()));
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    has: async (path) => {
      try {
        await orUnavailable(client.send(new HeadObjectCommand({ Bucket: bucket, Key: path })));
        return true;
      } catch (error) {
        // Whoever may not list the bucket is told 403 instead, which says nothing about the file.
        if (error instanceof NotFound) return false;
        throw error;
      }
    },
    open,
    write,
    writeAll,
  };
};

/** Parts of full size and, always, a last one, which may be smaller or empty. */
const partsOf = async function* (
  chunks: AsyncIterable<Uint8Array>,
): AsyncIterable<{ readonly body: Buffer; readonly last: boolean }> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    if (heldBytes >= PART_BYTES) {
      yield { body: Buffer.concat(held), last: false };
      held = [];
      heldBytes = 0;
    }
    held.push(chunk);
    heldBytes += chunk.length;
  }
  yield { body: Buffer.concat(held), last: true };
};

/** Links open in browsers: a report should be shown, a list be saved. */
export const typeOf = (path: string): { readonly ContentType?: string } => {
  if (path.endsWith('.html')) return { ContentType: 'text/html; charset=utf-8' };
  if (path.endsWith('.json')) return { ContentType: 'application/json' };
  return path.endsWith('.gz') ? { ContentType: 'application/gzip' } : {};
};

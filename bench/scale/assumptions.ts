// What the simulation takes for granted: latencies of services and CPU of our code, each with where it is from.

/** A page of 1,000 keys, S3 in the same region: what `npm run bench -- --only flat` assumes as well. */
export const LIST_PAGE_MS = 60;
/**
 * CPU of one listed key, and of one that goes on the copy list (JSON, gzip). Measured in November 2026 as the CPU time of whole checks of
 * 0.1 and 1 million keys a side (1.5 and 5.6 µs), times 1.6 for the one arm64 vCPU of a Lambda of 1,769 MB.
 */
export const KEY_CPU_MS = 0.0024;
export const LINE_CPU_MS = 0.009;
/** S3 answers small requests in 100 to 200 ms (optimizing-performance, see quotas.ts); the forecast in reports says the same. */
export const COPY_MS = 150;
/** CPU of one: a process was seen to send off 1,000 a second. */
export const COPY_CPU_MS = 1;
/** From one state to the next, with a warm Lambda in it; a child's start. */
export const TRANSITION_MS = 25;
export const INVOKE_MS = 100;
/** Files in the reports bucket: one request, and bytes read or written with their JSON. */
export const FILE_READ_MS = 30;
export const FILE_WRITE_MS = 40;
export const FILE_BYTES_PER_MS = 50_000;
/** DynamoDB: one document; a query's page of at most 1 MB, with its JSON. */
export const RECORD_MS = 8;
export const QUERY_PAGE_MS = 30;
export const QUERY_PAGE_BYTES = 1_000_000;
/** 200 GB in 58,300 pictures. */
export const PICTURE_BYTES = 3_430_531;

/** What a Lambda has. */
export const LAMBDA_MS = 900_000;

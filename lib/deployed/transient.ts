// Tells AWS's bad moments from everything else: the workflow tries again after the first, by the error's name.
import { StoreUnavailable } from '../stores/errors.ts';

const TRANSIENT = new Set([
  'InternalServerError',
  'NetworkingError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT']);

interface ServiceError extends Error {
  readonly code?: string;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The SDK's own retries are used up when an error gets here. */
const isTransient = (error: ServiceError): boolean =>
  TRANSIENT.has(error.name) ||
  NETWORK.has(error.code ?? '') ||
  error.$retryable !== undefined ||
  (error.$metadata?.httpStatusCode ?? 0) >= 500;

export const orUnavailable = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && isTransient(error)) {
      throw new StoreUnavailable(`${error.name}: ${error.message}`, { cause: error });
    }
    throw error;
  }
};

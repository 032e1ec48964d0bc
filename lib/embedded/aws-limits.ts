// AWS's limits at every state boundary: tests switch them on, so that what runs embedded also runs deployed.
import { StateFailure } from './asl.ts';

/** Input and output of a state, UTF-8. */
const PAYLOAD_BYTES = 256 * 1024;
/** Ours: the collected `{}` of more children would come near the payload limit, even with `ResultPath: null`. */
const MAP_ITEMS = 40_000;
const NAME = /^[0-9A-Za-z_-]{1,80}$/;

export interface AwsLimits {
  payload(where: string, value: unknown): void;
  items(items: readonly unknown[]): void;
  executionName(name: string): void;
}

export const AWS_LIMITS: AwsLimits = {
  payload: (where, value) => {
    const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
    if (bytes > PAYLOAD_BYTES) exceeded(`${where} has ${bytes} bytes, more than ${PAYLOAD_BYTES}.`);
  },
  items: (items) => {
    if (items.length > MAP_ITEMS) exceeded(`The Map has ${items.length} items, more than ${MAP_ITEMS}.`);
  },
  executionName: (name) => {
    if (!NAME.test(name)) exceeded(`${JSON.stringify(name)} is no name of an execution.`);
  },
};

export const NO_LIMITS: AwsLimits = {
  payload: () => {},
  items: () => {},
  executionName: () => {},
};

/** Terminal, as on AWS: States.ALL does not catch it. */
const exceeded = (cause: string): never => {
  throw new StateFailure('States.DataLimitExceeded', cause, true);
};

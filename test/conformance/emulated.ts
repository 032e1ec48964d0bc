// Runs conformance cases in the emulator: one Lambda, one bucket, a state machine for each case.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionEnd } from '../../lib/embedded/interpreter.ts';
import { clientConfig, createReportsBucket } from '../support/aws.ts';
import { BUCKET, type Case } from './cases.ts';

const ROLE = 'arn:aws:iam::000000000000:role/conformance';

export const openEmulated = async (endpointUrl: string) => {
  const s3 = await createReportsBucket(endpointUrl, BUCKET);
  const sfn = new SFNClient(clientConfig(endpointUrl));
  await createWorker(endpointUrl);
  let count = 0;

  const run = async ({ definition, input, items }: Case): Promise<ExecutionEnd> => {
    const file = { Bucket: BUCKET, Key: 'items.json' };
    await s3.send(
      items ? new PutObjectCommand({ ...file, Body: JSON.stringify(items) }) : new DeleteObjectCommand(file),
    );
    const machine = { name: `case-${++count}`, definition: JSON.stringify(definition), roleArn: ROLE };
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(machine));
    const start = new StartExecutionCommand({ stateMachineArn, name: 'one', input: JSON.stringify(input) });
    const { executionArn } = await sfn.send(start);
    for (;;) {
      const end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (end.status === 'SUCCEEDED') return { status: 'succeeded', output: JSON.parse(end.output ?? 'null') };
      if (end.status !== 'RUNNING') return { status: 'failed', error: end.error ?? '', cause: end.cause ?? '' };
      await sleep(10);
    }
  };

  const close = (): void => {
    s3.destroy();
    sfn.destroy();
  };
  return { run, close };
};

/** One request that the SDK's Lambda client is not worth installing for. The emulator looks at the service's name only. */
const createWorker = async (endpointUrl: string): Promise<void> => {
  const code = await readFile(new URL('./worker.mjs', import.meta.url));
  const answer = await fetch(`${endpointUrl}/2015-03-31/functions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20240101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({
      FunctionName: 'worker',
      Runtime: 'nodejs24.x',
      Handler: 'worker.handler',
      Role: ROLE,
      Timeout: 30,
      Code: { ZipFile: zipOf('worker.mjs', code).toString('base64') },
    }),
  });
  if (!answer.ok) throw new Error(`The emulator took no Lambda: ${answer.status} ${await answer.text()}`);
};

/** A zip of one stored file: local header, content, directory entry, end of directory. */
const zipOf = (name: string, content: Buffer): Buffer => {
  const words = (...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer =>
    Buffer.concat(
      fields.map(([value, bytes]) => {
        const field = Buffer.alloc(bytes);
        field.writeUIntLE(value, 0, bytes);
        return field;
      }),
    );
  const nameBytes = Buffer.from(name);
  const file = words(
    ...([20, 0, 0, 0, 0x21].map((value) => [value, 2]) as [number, 2][]),
    [crc32(content), 4],
    [content.length, 4],
    [content.length, 4],
    [nameBytes.length, 2],
    [0, 2],
  );
  const local = Buffer.concat([words([0x04034b50, 4]), file, nameBytes, content]);
  const entry = Buffer.concat([
    words([0x02014b50, 4], [20, 2]),
    file,
    words([0, 2], [0, 2], [0, 2], [0, 4], [0, 4]),
    nameBytes,
  ]);
  return Buffer.concat([
    local,
    entry,
    words([0x06054b50, 4], [0, 2], [0, 2], [1, 2], [1, 2], [entry.length, 4], [local.length, 4], [0, 2]),
  ]);
};

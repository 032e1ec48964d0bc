// One real deployment: `cdk deploy` into the emulator, which enforces the roles' policies, and everything users do with it.
import { after, before, describe } from 'node:test';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../support/aws.ts';
import { deploy } from '../support/deploy.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { type MemoryS3, memoryS3 } from '../support/memory-s3/memory-s3.ts';
import { describeDeployingAgain } from './deployed/again.ts';
import { describeBreaking } from './deployed/breaking.ts';
import { describeCli } from './deployed/cli.ts';
import { type Given, STORES } from './deployed/given.ts';
import { describeMigrating } from './deployed/migrating.ts';
import { describeRefusals } from './deployed/refusals.ts';
import { describeRoles } from './deployed/roles.ts';
import { describeSchedule } from './deployed/schedule.ts';
import { describeStopping } from './deployed/stopping.ts';
import { fill, scenario } from './scenario.ts';

let emulator: Emulator | undefined;
let given: Given | undefined;
let flaky: MemoryS3 | undefined;

const SHORT = { lambdaTimeoutSeconds: '40', leaseSeconds: '50', handOnSeconds: '5', commitEverySeconds: '1' };

before(async () => {
  emulator = await startEmulator({ auth: true });
  const s3 = new S3Client({ ...clientConfig(emulator.endpointUrl), forcePathStyle: true });
  for (const way of ['deployed', 'embedded']) {
    await fill(s3, `${way}-old`, scenario.source);
    await fill(s3, `${way}-new`, scenario.destination);
  }
  for (const { bucket: Bucket } of Object.values(STORES).slice(2)) await s3.send(new CreateBucketCommand({ Bucket }));
  flaky = await memoryS3();
  const stores = {
    ...STORES,
    'flaky-old': { bucket: 'flaky', endpointUrl: flaky.endpointUrl, region: 'us-east-1', secret: 'picferry/flaky' },
  };
  const deployment = await deploy(emulator, { stores, context: { ...SHORT, sweepMinutes: '1' } });
  given = { emulator, deployment, s3 };
});
after(async () => {
  given?.s3.destroy();
  await flaky?.[Symbol.asyncDispose]();
  await emulator?.stop();
});

const theDeployment = (): Given => {
  if (!given) throw new Error('The deployment did not come up.');
  return given;
};

describeMigrating(theDeployment);
describeRefusals(theDeployment);
describeRoles(theDeployment);
describeCli(theDeployment);
describe('over time', { concurrency: true }, () => {
  describeSchedule(theDeployment);
  describeStopping(theDeployment);
});
// Not beside others: it kills the processes of a function, whichever migration they work for.
describeBreaking(theDeployment, () => flaky as MemoryS3);
describeDeployingAgain(theDeployment);

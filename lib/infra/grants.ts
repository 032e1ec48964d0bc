// Turns the table of permissions into statements for one function's role.
import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { DeployedStore, DeployedStores } from './deployed-stores.ts';
import { BY_TIME, type FunctionName, MIGRATIONS_PREFIX } from './names.ts';
import { PERMISSIONS, REPORTS_ACTIONS, SCHEDULE_ACTIONS, STORE_ACTIONS } from './permissions.ts';
import type { PicferryFunction } from './picferry-function.ts';
import type { Scheduling } from './scheduling.ts';

export const grantRecords = (name: FunctionName, to: PicferryFunction, table: ITable): void => {
  to.may(
    PERMISSIONS[name].table.map((action) => `dynamodb:${action}`),
    [table.tableArn],
  );
  if (PERMISSIONS[name].byTime) to.may(['dynamodb:Query'], [`${table.tableArn}/index/${BY_TIME}`]);
};

export const grantReports = (name: FunctionName, to: PicferryFunction, bucket: IBucket): void => {
  const actions = REPORTS_ACTIONS[PERMISSIONS[name].reports];
  to.may(actions.objects, [bucket.arnForObjects(`${MIGRATIONS_PREFIX}*`)]);
  to.may(actions.bucket, [bucket.bucketArn]);
};

/** Stores of this account by their buckets; those of others by the role to assume or the secret that holds their keys. */
export const grantStores = (
  name: FunctionName,
  to: PicferryFunction,
  named: DeployedStores,
  kmsKeyArns: readonly string[],
): void => {
  if (PERMISSIONS[name].stores === 'none') return;
  const actions = STORE_ACTIONS[PERMISSIONS[name].stores];
  const stores = Object.values(named);
  const { partition, region, account } = Stack.of(to);
  const own = stores.filter((store) => !store.role && !store.secret && !store.endpointUrl);
  const bucketArn = (store: DeployedStore): string => `arn:${partition}:s3:::${store.bucket}`;
  to.may(actions.objects, unique(own.map((store) => `${bucketArn(store)}/${literally(store.prefix)}*`)));
  // Not narrowed to the prefix: the condition would also turn a missing picture's 404 into a 403.
  to.may(actions.bucket, unique(own.map(bucketArn)));
  to.may(actions.keys, own.length > 0 ? kmsKeyArns : []);
  to.may(['sts:AssumeRole'], unique(stores.flatMap((store) => store.role ?? [])));
  to.may(
    ['secretsmanager:GetSecretValue'],
    // Secrets Manager adds six characters to a secret's name.
    unique(
      stores.flatMap((store) =>
        store.secret ? [`arn:${partition}:secretsmanager:${region}:${account}:secret:${store.secret}-??????`] : [],
      ),
    ),
  );
};

export const grantExecutions = (name: FunctionName, to: PicferryFunction, machine: StateMachine): void => {
  const { executions } = PERMISSIONS[name];
  for (const action of executions) {
    if (action === 'StartExecution') machine.grantStartExecution(to.role);
    else machine.grantExecution(to.role, `states:${action}`);
  }
};

export const grantAnnouncing = (name: FunctionName, to: PicferryFunction): void => {
  if (!PERMISSIONS[name].announces) return;
  to.may(['events:PutEvents'], [Stack.of(to).formatArn({ service: 'events', resource: 'event-bus/default' })]);
};

export const grantSchedules = (name: FunctionName, to: PicferryFunction, { schedulesArn, role }: Scheduling): void => {
  if (!PERMISSIONS[name].schedules) return;
  to.may(
    SCHEDULE_ACTIONS.map((action) => `scheduler:${action}`),
    [schedulesArn],
  );
  to.role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    }),
  );
};

/** In a policy `*`, `?` and `$` mean more than themselves; in a prefix they are characters of a name. */
const literally = (text: string): string => text.replace(/[$*?]/g, (character) => `\${${character}}`);

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

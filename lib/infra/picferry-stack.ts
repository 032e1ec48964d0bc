// The deployment: one table, one bucket, the functions, the state machine over them, the API and who is told of what.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { CodeOf } from './bundle.ts';
import { OperationsDashboard } from './dashboard.ts';
import { DeadLetters } from './dead-letters.ts';
import { type DeployedStores, storesAsText } from './deployed-stores.ts';
import { grantAnnouncing, grantExecutions, grantRecords, grantReports, grantSchedules, grantStores } from './grants.ts';
import { MigrationsApi } from './http-api.ts';
import { LinkRole } from './link-role.ts';
import { ENVIRONMENT, FUNCTIONS, type FunctionName } from './names.ts';
import { Notifications } from './notifications.ts';
import { PERMISSIONS } from './permissions.ts';
import { PicferryFunction } from './picferry-function.ts';
import { RecordsTable } from './records-table.ts';
import { ReportsBucket } from './reports-bucket.ts';
import { Scheduling } from './scheduling.ts';
import type { Settings } from './settings.ts';
import { Settling } from './settling.ts';
import { MigrationMachine } from './state-machine.ts';

export interface PicferryStackProps extends StackProps {
  readonly settings: Settings;
  readonly stores: DeployedStores;
  /** What picferry.json says of prices, as JSON. */
  readonly prices?: string | undefined;
  /** The text of migration.asl.json. */
  readonly definition: string;
  readonly codeOf: CodeOf;
}

export class PicferryStack extends Stack {
  constructor(scope: Construct, id: string, props: PicferryStackProps) {
    super(scope, id, { description: 'Picferry: moves and keeps in sync large picture collections', ...props });
    const { settings, stores } = props;
    const { table } = new RecordsTable(this, 'Records');
    const { bucket } = new ReportsBucket(this, 'Reports', settings);
    const environment = variables({
      table: table.tableName,
      reportsBucket: bucket.bucketName,
      leaseSeconds: settings.leaseSeconds,
      handOnSeconds: settings.handOnSeconds,
      commitEverySeconds: settings.commitEverySeconds,
      shardEntries: settings.shardEntries,
      copyConcurrency: settings.copyConcurrency,
      listConcurrency: settings.listConcurrency,
    });
    const functions = each((name) => {
      const made = new PicferryFunction(this, name, { name, settings, environment, code: props.codeOf(name) });
      grantRecords(name, made, table);
      grantReports(name, made, bucket);
      grantStores(name, made, stores, settings.kmsKeyArns);
      grantAnnouncing(name, made);
      return made;
    });
    const lambdas = each((name) => functions[name].lambda);
    const { machine } = new MigrationMachine(this, 'Migration', {
      settings,
      definition: props.definition,
      functions: lambdas,
      reportsBucket: bucket,
    });
    const letters = new DeadLetters(this, 'DeadLetters', settings);
    const scheduling = new Scheduling(this, 'Scheduling', { start: lambdas.Start, deadLetters: letters.queue });
    const { role: linkRole } = new LinkRole(this, 'Links', bucket, functions.Api);
    for (const name of FUNCTIONS) {
      const may = PERMISSIONS[name];
      grantExecutions(name, functions[name], machine);
      grantSchedules(name, functions[name], scheduling);
      if (may.executions.length > 0) tell(lambdas[name], { stateMachine: machine.stateMachineArn });
      if (may.deadLetters) letters.takeFrom(functions[name]);
    }
    if (props.prices !== undefined) for (const name of PRICED) tell(lambdas[name], { prices: props.prices });
    tell(lambdas.Start, { allowedStores: storesAsText(stores) });
    tell(lambdas.Settle, { machineTimeoutSeconds: settings.machineTimeoutSeconds });
    tell(lambdas.Api, {
      allowedStores: storesAsText(stores),
      linkSeconds: settings.linkSeconds,
      linkRole: linkRole.roleArn,
      scheduleGroup: scheduling.group.scheduleGroupName,
      schedulerRole: scheduling.role.roleArn,
      startFunction: lambdas.Start.functionArn,
      deadLetterQueue: letters.queue.queueArn,
    });
    new Settling(this, 'Settling', settings, machine, lambdas.Settle);
    const { api } = new MigrationsApi(this, 'HttpApi', settings, lambdas.Api);
    const { topic, ended } = new Notifications(this, 'Notifications', settings, bucket);
    const watched = { settings, schedules: scheduling.group, deadLetters: letters.queue };
    new Alarms(this, 'Alarms', { ...watched, topic });
    if (settings.dashboard) {
      new OperationsDashboard(this, 'Operations', { ...watched, functions: lambdas, machine, api, ended });
    }

    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'StartFunction', { value: lambdas.Start.functionName });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'ReportsBucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: letters.queue.queueUrl });
  }
}

/** Those that forecast what a sync costs, or count what copying does. */
const PRICED = ['Plan', 'Summarise', 'Copy'] as const;

const each = <T>(make: (name: FunctionName) => T): Record<FunctionName, T> =>
  Object.fromEntries(FUNCTIONS.map((name) => [name, make(name)])) as Record<FunctionName, T>;

type Variables = Readonly<Partial<Record<keyof typeof ENVIRONMENT, string | number>>>;

const variables = (values: Variables): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [ENVIRONMENT[name as keyof typeof ENVIRONMENT], String(value)]),
  );

const tell = (lambda: Lambda, values: Variables): void => {
  for (const [name, value] of Object.entries(variables(values))) lambda.addEnvironment(name, value);
};

// The deployment: one table, one bucket, the functions, the state machine over them, and what settles the rest.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Step } from '../workflow/payloads.ts';
import type { CodeOf } from './bundle.ts';
import { type DeployedStores, storesAsText } from './deployed-stores.ts';
import { grantExecutions, grantRecords, grantReports, grantStores } from './grants.ts';
import { ENVIRONMENT, FUNCTIONS, type FunctionName } from './names.ts';
import { PERMISSIONS } from './permissions.ts';
import { PicferryFunction } from './picferry-function.ts';
import { RecordsTable } from './records-table.ts';
import { ReportsBucket } from './reports-bucket.ts';
import type { Settings } from './settings.ts';
import { Settling } from './settling.ts';
import { MigrationMachine } from './state-machine.ts';

export interface PicferryStackProps extends StackProps {
  readonly settings: Settings;
  readonly stores: DeployedStores;
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
    const environment = {
      [ENVIRONMENT.table]: table.tableName,
      [ENVIRONMENT.reportsBucket]: bucket.bucketName,
      [ENVIRONMENT.leaseSeconds]: String(settings.leaseSeconds),
      [ENVIRONMENT.handOnSeconds]: String(settings.handOnSeconds),
      [ENVIRONMENT.commitEverySeconds]: String(settings.commitEverySeconds),
      [ENVIRONMENT.shardEntries]: String(settings.shardEntries),
      [ENVIRONMENT.copyConcurrency]: String(settings.copyConcurrency),
    };
    const build = (name: FunctionName): PicferryFunction => {
      const made = new PicferryFunction(this, name, { name, settings, environment, code: props.codeOf(name) });
      grantRecords(name, made, table);
      grantReports(name, made, bucket);
      grantStores(name, made, stores, settings.kmsKeyArns);
      return made;
    };
    const functions = Object.fromEntries(FUNCTIONS.map((name) => [name, build(name)])) as Record<
      FunctionName,
      PicferryFunction
    >;
    const { machine } = new MigrationMachine(this, 'Migration', {
      settings,
      definition: props.definition,
      functions: Object.fromEntries(FUNCTIONS.map((name) => [name, functions[name].lambda])) as Record<
        Step,
        PicferryFunction['lambda']
      >,
      reportsBucket: bucket,
    });
    for (const name of FUNCTIONS) {
      if (PERMISSIONS[name].executions.length === 0) continue;
      grantExecutions(name, functions[name], machine);
      functions[name].lambda.addEnvironment(ENVIRONMENT.stateMachine, machine.stateMachineArn);
    }
    functions.Start.lambda.addEnvironment(ENVIRONMENT.allowedStores, storesAsText(stores));
    functions.Settle.lambda.addEnvironment(ENVIRONMENT.machineTimeoutSeconds, String(settings.machineTimeoutSeconds));
    new Settling(this, 'Settling', machine, functions.Settle.lambda);

    new CfnOutput(this, 'StartFunction', { value: functions.Start.lambda.functionName });
    new CfnOutput(this, 'StateMachineArn', { value: machine.stateMachineArn });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'ReportsBucketName', { value: bucket.bucketName });
  }
}

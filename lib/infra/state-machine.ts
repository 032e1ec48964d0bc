// Construct: the state machine. It deploys the text of migration.asl.json and adds names and numbers, nothing else.
import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { withNumbers } from '../workflow/definition.ts';
import { STEPS, type Step } from '../workflow/payloads.ts';
import { MIGRATIONS_PREFIX } from './names.ts';
import type { Settings } from './settings.ts';

export interface MigrationMachineProps {
  readonly settings: Settings;
  /** The text of migration.asl.json. */
  readonly definition: string;
  readonly functions: Readonly<Record<Step, IFunction>>;
  readonly reportsBucket: IBucket;
}

export class MigrationMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: MigrationMachineProps) {
    super(scope, id);
    const { settings, functions, reportsBucket } = props;
    const role = new Role(this, 'Role', {
      // The machine's own ARN would make a circle: its role comes first.
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnLike: { 'aws:SourceArn': machinesOf(Stack.of(this)) },
        },
      }),
      description: "What Picferry's state machine may do",
    });
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(
        withNumbers(props.definition, {
          MachineTimeoutSeconds: settings.machineTimeoutSeconds,
          // A little over the Lambda's own time, so that its own time-out is what is reported.
          TaskTimeoutSeconds: settings.lambdaTimeoutSeconds + 60,
          RetrySeconds: settings.retrySeconds,
          ListConcurrency: settings.listConcurrency,
          CopyConcurrency: settings.copyConcurrency,
          RoundsThatCopy: settings.roundsThatCopy,
        }),
      ),
      definitionSubstitutions: {
        ...Object.fromEntries(STEPS.map((step) => [`${step}Arn`, functions[step].functionArn])),
        ReportsBucket: reportsBucket.bucketName,
      },
      role,
      tracingEnabled: true,
      logs: { destination: logGroup, level: LogLevel.ERROR, includeExecutionData: false },
    });
    const allow = (actions: string[], resources: string[]) =>
      new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
    role.addToPolicy(
      allow(
        ['lambda:InvokeFunction'],
        STEPS.map((step) => functions[step].functionArn),
      ),
    );
    role.addToPolicy(
      allow(
        ['s3:GetObject'],
        ['plan', 'copy-plan'].map((plan) => reportsBucket.arnForObjects(`${MIGRATIONS_PREFIX}*/round-*/${plan}.json`)),
      ),
    );
    // A distributed map starts executions of its own state machine. A policy apart: the role's default one
    // stands before the machine, and could not name it.
    const ownExecutions = new Policy(this, 'OwnExecutions', { roles: [role] });
    this.machine.grantStartExecution(ownExecutions);
    this.machine.grantExecution(ownExecutions, 'states:DescribeExecution', 'states:StopExecution');
  }
}

/** Those of this account and region. */
const machinesOf = (stack: Stack): string =>
  stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

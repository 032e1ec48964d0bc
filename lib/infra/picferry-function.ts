// Construct: one Lambda, bundled from functions/, with a role and a log of its own and no permission but logs and traces.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT, type FunctionName } from './names.ts';
import type { Settings } from './settings.ts';

export interface PicferryFunctionProps {
  readonly name: FunctionName;
  readonly settings: Settings;
  readonly code: Code;
  readonly environment: Readonly<Record<string, string>>;
}

/** API Gateway waits 30 s for an answer, whatever the function still does. */
const API_TIMEOUT_SECONDS = 29;

export class PicferryFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PicferryFunctionProps) {
    super(scope, id);
    const { name, settings } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not the managed AWSLambdaBasicExecutionRole: that one writes to every log of the account.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What Picferry's ${name} may do`,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new Lambda(this, 'Function', {
      description: `Picferry: ${name}`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      // 1,769 MB is where Lambda gives one whole vCPU.
      memorySize: 1_769,
      timeout: Duration.seconds(
        name === 'Api' ? Math.min(API_TIMEOUT_SECONDS, settings.lambdaTimeoutSeconds) : settings.lambdaTimeoutSeconds,
      ),
      ...reservedFor(name, settings),
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      environment: {
        ...props.environment,
        [ENVIRONMENT.service]: settings.stackName,
      },
    });
  }

  may(actions: readonly string[], resources: readonly string[]): void {
    if (actions.length === 0 || resources.length === 0) return;
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
  }
}

const reservedFor = (name: FunctionName, settings: Settings): { reservedConcurrentExecutions?: number } => {
  const { listReservedConcurrency, copyReservedConcurrency } = settings;
  if (name === 'List' && listReservedConcurrency) return { reservedConcurrentExecutions: listReservedConcurrency };
  if (name === 'Copy' && copyReservedConcurrency) return { reservedConcurrentExecutions: copyReservedConcurrency };
  return {};
};

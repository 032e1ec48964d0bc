// Construct: one Lambda, bundled from functions/, with a role and a log of its own and no permission but logs and traces.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from './names.ts';
import type { Settings } from './settings.ts';

export interface PicferryFunctionProps {
  readonly name: FunctionName;
  readonly settings: Settings;
  readonly code: Code;
  readonly environment: Readonly<Record<string, string>>;
}

export class PicferryFunction extends Construct {
  readonly lambda: Lambda;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PicferryFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.settings.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not the managed AWSLambdaBasicExecutionRole: that one writes to every log of the account.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What Picferry's ${props.name} may do`,
    });
    logGroup.grantWrite(this.role);
    this.lambda = new Lambda(this, 'Function', {
      description: `Picferry: ${props.name}`,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: props.settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      // 1,769 MB is where Lambda gives one whole vCPU.
      memorySize: 1_769,
      timeout: Duration.seconds(props.settings.lambdaTimeoutSeconds),
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup,
      environment: { ...props.environment },
    });
  }

  may(actions: readonly string[], resources: readonly string[]): void {
    if (actions.length === 0 || resources.length === 0) return;
    this.role.addToPrincipalPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
  }
}

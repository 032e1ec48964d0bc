// Construct: the HTTP API in front of one function. Every route asks IAM who is calling; nothing is public.
import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * Routes of their own, so that a policy may allow some of them and not the others (docs/operations.md). Whatever else is
 * asked for goes to `$default`, where the function says what is wrong with it.
 */
const ROUTES: Readonly<Record<string, readonly HttpMethod[]>> = {
  '/migrations': [HttpMethod.GET, HttpMethod.POST],
  '/migrations/{id}': [HttpMethod.GET],
  '/migrations/{id}/report': [HttpMethod.GET],
  '/migrations/{id}/cancel': [HttpMethod.POST],
  '/schedules': [HttpMethod.GET, HttpMethod.POST],
  '/schedules/{name}': [HttpMethod.GET, HttpMethod.DELETE],
  '/openapi.json': [HttpMethod.GET],
};

/** Who asked for what and what came of it. Paths hold ids and names of schedules, queries names of stores: no secrets. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.userArn',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  bytes: '$context.responseLength',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

export class MigrationsApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, settings: Settings, handler: IFunction) {
    super(scope, id);
    const integration = new HttpLambdaIntegration('Function', handler, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
      // One permission for the whole API instead of one a route.
      scopePermissionToRoute: false,
    });
    const authorizer = new HttpIamAuthorizer();
    // No corsPreflight: no page of another origin has business here.
    this.api = new HttpApi(this, 'Http', {
      apiName: settings.stackName,
      description: 'Picferry: migrations, reports, schedules',
      createDefaultStage: false,
      defaultIntegration: integration,
      defaultAuthorizer: authorizer,
    });
    for (const [path, methods] of Object.entries(ROUTES)) {
      this.api.addRoutes({ path, methods: [...methods], integration, authorizer });
    }
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRatePerSecond, burstLimit: settings.apiBurst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}

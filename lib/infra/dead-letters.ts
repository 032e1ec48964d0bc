// Construct: the queue for what nobody could be told of: firings of schedules, calls of Start and Settle that kept failing.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IDestination } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PicferryFunction } from './picferry-function.ts';
import type { Settings } from './settings.ts';

export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      // The longest there is: somebody on holiday should still find it.
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: settings.tlsOnly,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Whoever calls this function waits for no answer; Lambda tries again twice, then the call comes here. */
  takeFrom(calls: PicferryFunction): void {
    // Not CDK's SqsDestination, which would also let the function look at the queue.
    const destination: IDestination = { bind: () => ({ destination: this.queue.queueArn }) };
    calls.lambda.configureAsyncInvoke({
      onFailure: destination,
      retryAttempts: 2,
      // As long as EventBridge Scheduler keeps trying: a later start would come when nobody expects it.
      maxEventAge: Duration.hours(1),
    });
    calls.may(['sqs:SendMessage'], [this.queue.queueArn]);
  }
}

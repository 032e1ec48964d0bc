// Construct: who is told what. Ended migrations and alarms go to one topic; e-mail, chat and pagers subscribe to it.
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { ENDED_EVENT } from './names.ts';
import type { Settings } from './settings.ts';

export class Notifications extends Construct {
  readonly topic: Topic;
  /** Matches the end of every migration. */
  readonly ended: Rule;

  constructor(scope: Construct, id: string, settings: Settings, reportsBucket: IBucket) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: settings.stackName,
      enforceSSL: settings.tlsOnly,
      // AWS's managed key lets neither alarms nor rules publish, and one of its own would cost more than the rest of an
      // idle stack: messages carry ids, addresses of stores and figures. Whoever has a key may name it.
      ...(settings.notifyKmsKeyArn && { masterKey: Key.fromKeyArn(this, 'Key', settings.notifyKmsKeyArn) }),
    });
    this.topic.applyRemovalPolicy(RemovalPolicy.DESTROY);
    if (settings.notifyEmail) this.topic.addSubscription(new EmailSubscription(settings.notifyEmail));
    // A topic with any policy of its own has lost the default one, by which alarms of the account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com'), new ServicePrincipal('events.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    this.ended = new Rule(this, 'MigrationEnded', {
      description: 'Picferry: tells the topic that a migration has ended',
      eventPattern: {
        source: [ENDED_EVENT.source],
        detailType: [ENDED_EVENT.detailType],
        // Another Picferry in this account has another bucket.
        detail: { report: [{ prefix: `s3://${reportsBucket.bucketName}/` }] },
      },
      // Not CDK's SnsTopic, which would let rules of every account publish.
      targets: [{ bind: () => ({ arn: this.topic.topicArn, input: RuleTargetInput.fromMultilineText(MESSAGE) }) }],
    });
  }
}

const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);

/** A field that the event lacks is left out of its line. */
const MESSAGE = [
  `Picferry: migration ${field('id')} is ${field('status')}. ${field('cause')}`,
  `${field('mode')} from ${field('source')} to ${field('destination')}`,
  `Copied: ${field('copied')} pictures. Failed: ${field('failed')}. Still missing: ${field('remaining.count')}, as of ${field('asOf')}.`,
  `Report: ${field('report')}, or: picferry report ${field('id')}`,
].join('\n');

// Construct: where the API keeps its schedules, and the one role that EventBridge Scheduler fires them with.
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface SchedulingProps {
  readonly start: IFunction;
  readonly deadLetters: IQueue;
}

export class Scheduling extends Construct {
  readonly group: ScheduleGroup;
  readonly role: Role;
  /** Every schedule in the group. */
  readonly schedulesArn: string;

  constructor(scope: Construct, id: string, { start, deadLetters }: SchedulingProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    // Its schedules are records too, but without the stack there is nothing left for them to start.
    this.group = new ScheduleGroup(this, 'Group', { removalPolicy: RemovalPolicy.DESTROY });
    this.schedulesArn = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.group.scheduleGroupName}/*`,
    });
    this.role = new Role(this, 'Role', {
      // Schedules of other groups, and of other accounts that Scheduler works for, cannot borrow it.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': this.group.scheduleGroupArn },
        },
      }),
      description: "What Picferry's schedules may do",
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [start.functionArn] }));
    // Scheduler puts dead letters into the queue with the schedule's own role.
    this.role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
  }
}

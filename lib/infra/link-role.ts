// Construct: the role that signs links. It may read reports and nothing else, and its keys say when they end.
import { ArnPrincipal, Effect, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { MIGRATIONS_PREFIX } from './names.ts';
import type { PicferryFunction } from './picferry-function.ts';

export class LinkRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, reportsBucket: IBucket, signer: PicferryFunction) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      assumedBy: new ArnPrincipal(signer.role.roleArn),
      description: 'What links to Picferry reports may do',
    });
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['s3:GetObject'],
        resources: [reportsBucket.arnForObjects(`${MIGRATIONS_PREFIX}*`)],
      }),
    );
    signer.may(['sts:AssumeRole'], [this.role.roleArn]);
  }
}

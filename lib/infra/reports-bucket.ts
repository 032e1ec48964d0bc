// Construct: the private bucket for plans, lists and reports. Pictures never enter it.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { MIGRATIONS_PREFIX } from './names.ts';
import type { Settings } from './settings.ts';

export class ReportsBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      enforceSSL: settings.tlsOnly,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'ReportsExpire',
          prefix: MIGRATIONS_PREFIX,
          expiration: Duration.days(settings.reportDays),
          // A report is written several times: a month is time to find out that a version was wanted.
          noncurrentVersionExpiration: Duration.days(30),
        },
        // What expired leaves a marker behind; a rule with an age may not say this as well.
        { id: 'MarkersOfNothingEnd', expiredObjectDeleteMarker: true },
        { id: 'AbandonedUploadsEnd', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
    });
  }
}

// Where a bucket's requests go: origin, host and raw path. Never through URL, which turns `a/../c` into another key.

export interface BucketAddress {
  readonly bucket: string;
  /** Absent: AWS itself. */
  readonly endpointUrl?: string;
  readonly region: string;
}

export interface Place {
  readonly origin: string;
  /** As it is signed: with the port where it is not the scheme's own. */
  readonly host: string;
  /** What comes before `/key`: empty for virtual-host style. */
  readonly base: string;
}

/** Partitions whose region names give them away; all others are `aws`. */
const PARTITIONS: readonly { readonly regions: string; readonly partition: string; readonly domain: string }[] = [
  { regions: 'cn-', partition: 'aws-cn', domain: 'amazonaws.com.cn' },
  { regions: 'us-gov-', partition: 'aws-us-gov', domain: 'amazonaws.com' },
  { regions: 'us-iso-', partition: 'aws-iso', domain: 'c2s.ic.gov' },
  { regions: 'us-isob-', partition: 'aws-iso-b', domain: 'sc2s.sgov.gov' },
  { regions: 'eusc-', partition: 'aws-eusc', domain: 'amazonaws.eu' },
];

const partitionOf = (region: string) => PARTITIONS.find(({ regions }) => region.startsWith(regions));

/** A name that may stand before `.s3.region…`: the certificate's wildcard does not cover dots. */
const VIRTUAL_HOST_BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|amazonaws\.eu)$/;

export const placeOf = ({ bucket, endpointUrl, region }: BucketAddress): Place => {
  if (endpointUrl !== undefined) {
    const { origin, host, pathname } = new URL(endpointUrl);
    return { origin, host, base: `${pathname.replace(/\/+$/, '')}/${bucket}` };
  }
  const service = `s3.${region}.${partitionOf(region)?.domain ?? 'amazonaws.com'}`;
  if (!VIRTUAL_HOST_BUCKET.test(bucket)) return { origin: `https://${service}`, host: service, base: `/${bucket}` };
  const host = `${bucket}.${service}`;
  return { origin: `https://${host}`, host, base: '' };
};

/** The region an AWS endpoint names in its host, `https://s3.eu-west-1.amazonaws.com`. */
export const regionInEndpoint = (endpointUrl: string): string | undefined => {
  const { hostname } = new URL(endpointUrl);
  return AWS_HOST.test(hostname) ? /(?:^|[.-])([a-z]{2,4}(?:-[a-z]+)+-\d)(?=\.)/.exec(hostname)?.[1] : undefined;
};

/** Two buckets with the same service can be copied between on the server's side, credentials permitting. */
export const serviceOf = ({ endpointUrl, region }: BucketAddress): string => {
  if (endpointUrl === undefined || AWS_HOST.test(new URL(endpointUrl).hostname)) {
    return partitionOf(region)?.partition ?? 'aws';
  }
  const { origin, pathname } = new URL(endpointUrl);
  return origin + pathname.replace(/\/+$/, '');
};

const PLAIN = /^[A-Za-z0-9\-_.~/]*$/;

/** Every byte but `A-Za-z0-9-_.~` and `/`: for paths and for `x-amz-copy-source`. Throws on lone surrogates. */
export const encodeKey = (key: string): string => (PLAIN.test(key) ? key : encodeStrictly(key).replaceAll('%2F', '/'));

/** As SigV4 wants query values: encodeURIComponent leaves five characters alone that must be encoded. */
export const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

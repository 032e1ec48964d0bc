// What identifies a store: the part of a request that says where pictures live. Plain data, stored in records.

/** How a store guarantees that creating a picture never overwrites one: see docs/architecture.md. */
export type CreateOnly = 'native' | 'headFirst';

export interface S3Spec {
  readonly type: 's3';
  /** As it stands in picferry.json, when it came from there. */
  readonly name?: string;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  /** Absent: AWS itself. */
  readonly endpointUrl?: string;
  readonly region?: string;
  /** A profile of the AWS configuration files (embedded). */
  readonly profile?: string;
  /** ARN of a role to assume (deployed). */
  readonly role?: string;
  /** Name of a Secrets Manager secret holding accessKeyId and secretAccessKey (deployed). */
  readonly secret?: string;
  readonly createOnly: CreateOnly;
}

export interface FolderSpec {
  readonly type: 'folder';
  readonly name?: string;
  /** Absolute, links resolved, no `/` at its end. */
  readonly path: string;
}

export type StoreSpec = S3Spec | FolderSpec;

/** AWS by one of its own names: bucket names are unique there, whatever the region or the host's spelling. */
const isAws = (endpointUrl: string): boolean =>
  /(^|\.)amazonaws\.com(\.cn)?$/i.test(URL.parse(endpointUrl)?.hostname ?? '');

/** The same text for the same place, whoever asks: what locks and reports call a store. */
export const addressOf = (spec: StoreSpec): string => {
  if (spec.type === 'folder') return spec.path;
  const address = `s3://${spec.bucket}/${spec.prefix}`;
  return spec.endpointUrl && !isAws(spec.endpointUrl)
    ? `${address} at ${spec.endpointUrl.replace(/\/+$/, '')}`
    : address;
};

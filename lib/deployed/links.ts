// Presigned links to report files: whoever has one may open that file, and nothing else, until it expires.
import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Links } from '../api/ports.ts';
import { typeOf } from './bucket-report-files.ts';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent: nobody says when they end. */
  readonly expiration?: Date;
}

export interface LinksSettings {
  readonly bucket: string;
  /** How long links are good for, where the keys that sign them last so long. */
  readonly linkSeconds: number;
  /** Asked again when the keys at hand no longer last long enough. */
  readonly keys: () => Promise<SigningKeys>;
  readonly now: () => number;
  /** Endpoint and region, where the environment does not say them. */
  readonly client?: S3ClientConfig;
}

/** Keys that were fetched a moment ago: newer ones would not last longer. */
const FRESH_MS = 60_000;
/** Keys that last nearly as long as a link should are good enough: not every link costs a call. */
const LONG_ENOUGH = 0.9;

/** They would be signed into the link; a browser neither sends nor checks them. */
const NO_CHECKSUMS: S3ClientConfig = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
};

interface Signer {
  readonly client: S3Client;
  readonly endsAt: number;
  readonly fetchedAt: number;
}

/** A link dies with the keys that signed it, whatever it says: so it promises no more than they last. */
export const createPresignedLinks = ({ bucket, linkSeconds, keys, now, client }: LinksSettings): Links => {
  let signer: Signer | undefined;
  let renewing: Promise<Signer> | undefined;

  const lastsLongEnough = ({ endsAt, fetchedAt }: Signer): boolean =>
    endsAt - now() >= linkSeconds * 1000 * LONG_ENOUGH || (now() - fetchedAt < FRESH_MS && endsAt > now());

  /** A report has many links, asked for at once: they share one call. */
  const signerNow = async (): Promise<Signer> => {
    if (signer && lastsLongEnough(signer)) return signer;
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };

  const renew = async (): Promise<Signer> => {
    const { expiration, ...credentials } = await keys();
    signer = {
      client: new S3Client({ ...NO_CHECKSUMS, ...client, credentials }),
      endsAt: expiration?.getTime() ?? Number.POSITIVE_INFINITY,
      fetchedAt: now(),
    };
    return signer;
  };

  return {
    to: async (path, { saveAs } = {}) => {
      const { client: signing, endsAt } = await signerNow();
      // S3 counts in whole seconds.
      const signedAt = Math.floor(now() / 1000) * 1000;
      const expiresIn = Math.min(linkSeconds, Math.floor((endsAt - signedAt) / 1000));
      if (expiresIn < 1) throw new Error(`No link to ${path}: the keys that would sign it have expired.`);
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: path,
        ResponseContentType: typeOf(path).ContentType,
        ResponseContentDisposition: saveAs === undefined ? 'inline' : `attachment; filename="${plain(saveAs)}"`,
      });
      const url = await getSignedUrl(signing, command, { expiresIn, signingDate: new Date(signedAt) });
      return { url, expiresAt: new Date(signedAt + expiresIn * 1000).toISOString() };
    },
  };
};

/** What may stand between quotes in a header without further ado. */
const plain = (name: string): string => name.replace(/[^\w.-]/g, '_');

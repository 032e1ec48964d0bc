// Buckets of the emulator, filled and looked into by the AWS SDK: by other code than the stores under test.
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { clientConfig } from './aws.ts';

export const CREDENTIALS = async () => ({ accessKeyId: 'test', secretAccessKey: 'test' });

export interface Bucket {
  readonly name: string;
  put(key: string, content: string | Buffer, more?: Partial<PutObjectCommandInput>): Promise<void>;
  /** undefined: nothing is there. */
  peek(key: string): Promise<Buffer | undefined>;
  look(key: string): Promise<Seen>;
}

/** What an independent client sees of an object. */
export interface Seen {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly etag: string | undefined;
}

export interface Buckets {
  create(): Promise<Bucket>;
  close(): void;
}

export const bucketsOf = (endpointUrl: string): Buckets => {
  const client = new S3Client({ ...clientConfig(endpointUrl), forcePathStyle: true });
  let made = 0;
  return {
    create: async () => {
      made += 1;
      const name = `bucket-${made}-${process.pid}`;
      await client.send(new CreateBucketCommand({ Bucket: name }));
      return bucketOf(client, name);
    },
    close: () => client.destroy(),
  };
};

const bucketOf = (client: S3Client, name: string): Bucket => {
  const look = async (key: string): Promise<Seen> => {
    const object = await client.send(new GetObjectCommand({ Bucket: name, Key: key }));
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket: name, Key: key }));
    return {
      body: Buffer.from((await object.Body?.transformToByteArray()) ?? []),
      contentType: object.ContentType,
      cacheControl: object.CacheControl,
      metadata: object.Metadata ?? {},
      tags: Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value])),
      etag: object.ETag,
    };
  };
  return {
    name,
    put: async (key, content, more = {}) => {
      // The SDK cannot tell the length of an empty body, and complains.
      const ContentLength = Buffer.byteLength(content);
      await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: content, ContentLength, ...more }));
    },
    peek: async (key) => {
      try {
        return (await look(key)).body;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    look,
  };
};

import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Config } from '../config.ts';
import type { PictureSource } from '../workers/picture-task.ts';
import type { ImageStore } from './image-store.ts';

/** Any store that speaks S3, through the official SDK. An object appears whole or not at all. */
export class S3Store implements ImageStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor(config: S3Config) {
    this.bucket = config.S3_BUCKET;
    this.client = new S3Client({
      region: config.S3_REGION,
      credentials: {
        accessKeyId: config.AWS_ACCESS_KEY_ID,
        secretAccessKey: config.AWS_SECRET_ACCESS_KEY,
      },
      // Stores that are not Amazon's are reached by path, and know none of its newer checksums.
      ...(config.S3_ENDPOINT && { endpoint: config.S3_ENDPOINT, forcePathStyle: true }),
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2000, requestTimeout: 10_000 },
    });
  }

  async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: bytes,
        ContentLength: bytes.length,
        ContentType: contentType,
      }),
    );
  }

  async get(key: string): Promise<Buffer | undefined> {
    const found = await ifThere(
      this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key })),
    );
    return found?.Body && Buffer.from(await found.Body.transformToByteArray());
  }

  async has(key: string): Promise<boolean> {
    const found = await ifThere(
      this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key })),
    );
    return found !== undefined;
  }

  async locate(key: string): Promise<PictureSource | undefined> {
    const bytes = await this.get(key);
    return bytes && { bytes };
  }

  async ping(): Promise<void> {
    await this.client.send(new HeadBucketCommand({ Bucket: this.bucket }));
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }
}

const ifThere = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (['NoSuchKey', 'NotFound'].includes((error as Error).name)) return undefined;
    throw error;
  }
};

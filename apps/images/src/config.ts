import { baseConfigShape } from '@hemline/http';
import { checkEvents, eventsConfigShape } from '@hemline/messaging';
import { z } from 'zod';

const common = checkEvents(
  z.object({
    ...baseConfigShape,
    /** The service's own database, as its role `images`. */
    DATABASE_URL: z.url(),
    ...eventsConfigShape,
    /** Public keys of staff tokens, as the JSON of a JWKS. */
    STAFF_JWKS: z.string().min(2),
  }),
);

const disk = z.object({
  IMAGE_STORE: z.literal('disk').default('disk'),
  /** A folder on one file system, as a picture is written beside its place and renamed into it. */
  IMAGE_DIR: z.string().min(1),
});

const s3 = z.object({
  IMAGE_STORE: z.literal('s3'),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: z.string().min(1),
  S3_BUCKET: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
});

export type DiskConfig = z.infer<typeof disk>;
export type S3Config = z.infer<typeof s3>;

export const configSchema = common.and(z.discriminatedUnion('IMAGE_STORE', [disk, s3]));
export type Config = z.infer<typeof configSchema>;

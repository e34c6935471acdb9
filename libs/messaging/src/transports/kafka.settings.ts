import { z } from 'zod';

export type KafkaSettings = {
  /** Each as host:port. */
  readonly brokers: readonly string[];
  /** Before the names of topics and groups, so that several platforms can share one cluster. */
  readonly prefix?: string | undefined;
  readonly tls?: boolean | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
};

/** A setting that Compose hands on without a value is one that nobody gave. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

export const kafkaConfigShape = {
  /** Where the transport `kafka` begins to look for its cluster: host:port, host:port. */
  KAFKA_BROKERS: optional(
    z
      .string()
      .regex(/^[^\s:,]+:\d{1,5}( *, *[^\s:,]+:\d{1,5})*$/)
      .transform((list) => list.split(',').map((broker) => broker.trim())),
  ),
  /** Before the names of topics and groups, where several platforms share one cluster. */
  KAFKA_PREFIX: optional(z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/)),
  KAFKA_TLS: optional(z.enum(['true', 'false']).transform((word) => word === 'true')),
  /** With a password: SASL by SCRAM-SHA-512. */
  KAFKA_USERNAME: optional(z.string()),
  KAFKA_PASSWORD: optional(z.string()),
};

export type KafkaConfig = z.infer<z.ZodObject<typeof kafkaConfigShape>>;

export const toKafkaSettings = (config: KafkaConfig): KafkaSettings => ({
  brokers: config.KAFKA_BROKERS ?? [],
  prefix: config.KAFKA_PREFIX,
  tls: config.KAFKA_TLS,
  username: config.KAFKA_USERNAME,
  password: config.KAFKA_PASSWORD,
});

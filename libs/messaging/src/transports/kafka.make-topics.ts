import { topics as declared } from '@hemline/contracts';
import { z } from 'zod';
import { Connections, makeClient } from './kafka.client.ts';
import type { Said } from './kafka.complaints.ts';
import { type KafkaSettings, kafkaConfigShape, toKafkaSettings } from './kafka.settings.ts';
import { type Replication, type Topics, makeTopics } from './kafka.topics.ts';

type Options = Replication & {
  readonly settings: KafkaSettings;
  readonly logger: Said;
  /** The list of `@hemline/contracts` if absent. */
  readonly topics?: Topics;
};

type Result = { readonly made: readonly string[]; readonly changed: readonly string[] };

/** Makes the topics of a cluster what the list says; a second time it finds nothing to do. */
export const ensureTopics = async ({
  settings,
  logger,
  topics = declared,
  ...replication
}: Options): Promise<Result> => {
  const connections = new Connections();
  const admin = makeClient(settings, { name: 'make-topics', logger, connections }).admin();
  try {
    await admin.connect();
    return await makeTopics(admin, topics, { prefix: settings.prefix ?? '', ...replication });
  } finally {
    await admin.disconnect();
    connections.close();
  }
};

const count = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.coerce.number().int().min(1).max(9).default(1),
);

const schema = z
  .object({
    ...kafkaConfigShape,
    /** Brokers that keep each event; 3 where events must outlive a broker. */
    KAFKA_REPLICATION: count,
    /** Of those, how many must have an event before it counts as told; 2 of 3. */
    KAFKA_MIN_INSYNC: count,
  })
  .refine(({ KAFKA_BROKERS }) => KAFKA_BROKERS, { path: ['KAFKA_BROKERS'], when: () => true })
  .refine((env) => env.KAFKA_MIN_INSYNC <= env.KAFKA_REPLICATION, { path: ['KAFKA_MIN_INSYNC'] });

/** The step before services start: reads the environment, and says in a line what it did. */
export const runMakeTopics = async (
  env: NodeJS.ProcessEnv,
  { out, err }: { out: (line: string) => void; err: (line: string) => void },
): Promise<number> => {
  const read = schema.safeParse(env);
  if (!read.success) {
    const names = [...new Set(read.error.issues.map(({ path }) => path.join('.')))];
    err(`The topics cannot be made: ${names.join(', ')} missing or not valid.`);
    return 2;
  }
  const settings = toKafkaSettings(read.data);
  const logger = { debug: () => {}, warn: () => {} };
  try {
    const { made, changed } = await ensureTopics({
      settings,
      logger,
      replicas: read.data.KAFKA_REPLICATION,
      minInSync: read.data.KAFKA_MIN_INSYNC,
    });
    out(told(made, changed));
    return 0;
  } catch (error) {
    err(`The topics could not be made at ${settings.brokers.join(', ')}: ${reasonOf(error)}`);
    return 1;
  }
};

const told = (made: readonly string[], changed: readonly string[]): string => {
  if (made.length + changed.length === 0) return 'All topics are as declared.';
  return [
    ...(made.length > 0 ? [`Made ${made.join(', ')}.`] : []),
    ...(changed.length > 0 ? [`Brought up to the list: ${changed.join(', ')}.`] : []),
  ].join(' ');
};

/** The library wraps what one partition or topic says. */
const reasonOf = (error: unknown): string => {
  const { errors, message } = error as Error & { errors?: readonly Error[] };
  return errors?.[0]?.message ?? message;
};

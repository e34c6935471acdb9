import { topics as declared } from '@hemline/contracts';
import type { Logger } from '@hemline/telemetry';
import { Connections, type KafkaSettings, makeClient } from './kafka.client.ts';
import { type Replication, type Topics, makeTopics } from './kafka.topics.ts';

type Options = Replication & {
  readonly settings: KafkaSettings;
  readonly logger: Logger;
  /** The list of `@hemline/contracts` if absent. */
  readonly topics?: Topics;
};

/** Makes the topics of a cluster what the list says; a second time it finds nothing to do. */
export const ensureTopics = async ({
  settings,
  logger,
  topics = declared,
  ...replication
}: Options): Promise<{ made: string[]; changed: string[] }> => {
  const connections = new Connections();
  const admin = makeClient(settings, { name: 'make-topics', logger, connections }).admin();
  try {
    await admin.connect();
    return await makeTopics(admin, topics, { prefix: settings.prefix ?? '', ...replication });
  } finally {
    await admin.disconnect();
    connections.cut();
  }
};

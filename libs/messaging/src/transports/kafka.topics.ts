import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '@hemline/contracts';
import kafkajs, { type Admin, type IResourceConfigEntry } from 'kafkajs';
import { TopicMismatch } from './transport.ts';

// Topics in a cluster: made from the one list by a step of their own, and only compared by services.

export type Topics = Readonly<Record<string, Topic>>;

export type Replication = { readonly replicas: number; readonly minInSync: number };

export const ownerOf = (topic: string): string => topic.slice(0, topic.indexOf('.'));

/**
 * Where an app says how far everything it had committed has got. It is no part of any group's lag, and
 * what it says is stale within seconds, so it is kept for an hour.
 */
export const watermarkTopicOf = (app: string): string => `${app}.watermarks`;

const howToMake = 'make the topics with `node --conditions=source infra/kafka/make-topics.ts`';

/** Throws unless every topic is there, with as many partitions as are declared. */
export const checkTopics = async (admin: Admin, topics: Topics, prefix: string): Promise<void> => {
  const found = await partitionsFound(admin);
  const faults: string[] = [];
  for (const [topic, { partitions: declared }] of Object.entries(topics)) {
    const partitions = found.get(prefix + topic);
    if (partitions === declared) continue;
    faults.push(
      partitions === undefined
        ? `topic ${prefix}${topic} is missing in the log, and ${declared} partitions are declared`
        : mismatch(prefix + topic, partitions, declared),
    );
  }
  for (const app of new Set(Object.keys(topics).map(ownerOf))) {
    const topic = prefix + watermarkTopicOf(app);
    if (!found.has(topic)) faults.push(`topic ${topic} is missing in the log`);
  }
  if (faults.length > 0) throw new TopicMismatch(`${faults.join('; ')}: ${howToMake}`);
};

const mismatch = (topic: string, found: number, declared: number): string =>
  `topic ${topic} has ${found} partitions in the log, and ${declared} are declared`;

const partitionsFound = async (admin: Admin): Promise<Map<string, number>> => {
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
};

type Wanted = { readonly partitions: number; readonly config: Readonly<Record<string, string>> };

/**
 * Makes what is missing and brings settings up to the list; what has another number of partitions is
 * refused, as keys would move between them and lose their order. Can be run at any time, by many.
 */
export const makeTopics = async (
  admin: Admin,
  topics: Topics,
  { prefix, replicas, minInSync }: Replication & { readonly prefix: string },
): Promise<{ made: string[]; changed: string[] }> => {
  const wanted = new Map<string, Wanted>();
  for (const [topic, declared] of Object.entries(topics)) {
    wanted.set(prefix + topic, {
      partitions: declared.partitions,
      config: configOf(declared, minInSync),
    });
    wanted.set(prefix + watermarkTopicOf(ownerOf(topic)), {
      partitions: 1,
      config: watermarkConfig(minInSync),
    });
  }
  const found = await partitionsFound(admin);
  for (const [topic, { partitions }] of wanted) {
    const existing = found.get(topic) ?? partitions;
    if (existing !== partitions) throw new TopicMismatch(mismatch(topic, existing, partitions));
  }
  const missing = [...wanted].filter(([topic]) => !found.has(topic));
  await admin.createTopics({
    topics: missing.map(([topic, { partitions, config }]) => ({
      topic,
      numPartitions: partitions,
      replicationFactor: replicas,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
    waitForLeaders: true,
    timeout: 30_000,
  });
  for (const [topic] of missing) await untilServed(admin, topic);
  const changed = await bringUpToDate(
    admin,
    new Map([...wanted].filter(([topic]) => found.has(topic))),
  );
  return { made: missing.map(([topic]) => topic), changed };
};

/** The cluster says that a topic is there some time before its partitions can be written. */
const untilServed = async (admin: Admin, topic: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (attempt === maxLooks) throw error;
    }
    await sleep(100);
  }
};

const maxLooks = 100;
const dayMs = 86_400_000;

const configOf = (
  { keeps, retentionDays }: Topic,
  minInSync: number,
): Readonly<Record<string, string>> => ({
  'min.insync.replicas': String(minInSync),
  ...(keeps === 'all'
    ? { 'cleanup.policy': 'delete', 'retention.ms': String(retentionDays * dayMs) }
    : { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': String(retentionDays * dayMs) }),
});

const watermarkConfig = (minInSync: number): Readonly<Record<string, string>> => ({
  'min.insync.replicas': String(minInSync),
  'cleanup.policy': 'delete',
  'retention.ms': '3600000',
  'segment.ms': '3600000',
});

/** A change replaces all settings that a topic has of its own, so those of others are repeated. */
const bringUpToDate = async (
  admin: Admin,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<string[]> => {
  if (wanted.size === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [...wanted.keys()].map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
    })),
  });
  const changes = resources.flatMap(({ resourceName, configEntries }) => {
    const { config = {} } = wanted.get(resourceName) ?? {};
    const isAsWanted = Object.entries(config).every(
      ([name, value]) =>
        configEntries.find(({ configName }) => configName === name)?.configValue === value,
    );
    if (isAsWanted) return [];
    const own = configEntries
      .filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG)
      .filter(({ configName }) => !isRetention(configName))
      .map(({ configName, configValue }) => [configName, configValue] as const);
    const configEntriesWanted = Object.entries({ ...Object.fromEntries(own), ...config }).map(
      ([name, value]): IResourceConfigEntry => ({ name, value }),
    );
    return [{ name: resourceName, configEntries: configEntriesWanted }];
  });
  if (changes.length > 0) {
    await admin.alterConfigs({
      validateOnly: false,
      resources: changes.map((change) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, ...change })),
    });
  }
  return changes.map(({ name }) => name);
};

/** How long events are kept is told by the list alone. */
const isRetention = (name: string): boolean =>
  ['cleanup.policy', 'retention.ms', 'min.compaction.lag.ms'].includes(name);

import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { GroupRunning, type Position } from './transport.ts';

// Groups of readers as a cluster keeps them. Names of topics and groups are the cluster's here.

export type Place = {
  readonly topic: string;
  readonly partition: number;
  /** What the group reads next; the first message that is kept, if it has no place yet. */
  readonly next: bigint;
  readonly hasPlace: boolean;
  readonly end: bigint;
};

/** Where a group stands in each partition of these topics. */
export const places = async (
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<Place[]> => {
  if (topics.length === 0) return [];
  const [committed, ...ends] = await Promise.all([
    admin.fetchOffsets({ groupId: group, topics: [...topics] }),
    ...topics.map((topic) => admin.fetchTopicOffsets(topic)),
  ]);
  const next = new Map(
    committed.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => [`${topic} ${partition}`, BigInt(offset)] as const),
    ),
  );
  return topics.flatMap((topic, i) =>
    (ends[i] ?? []).map(({ partition, low, high }) => {
      const own = next.get(`${topic} ${partition}`) ?? -1n;
      const first = BigInt(low);
      return {
        topic,
        partition,
        next: own > first ? own : first,
        hasPlace: own >= 0n,
        end: BigInt(high),
      };
    }),
  );
};

export const lag = async (
  admin: Admin,
  group: string,
  isOurs: (topic: string) => boolean,
): Promise<Map<string, number>> => {
  const topics = (await topicsOf(admin, group)).filter(isOurs).toSorted();
  const behind = new Map(topics.map((topic) => [topic, 0]));
  for (const { topic, next, end } of await places(admin, group, topics)) {
    behind.set(topic, (behind.get(topic) ?? 0) + Math.max(0, Number(end - next)));
  }
  return behind;
};

/** Topics in which a group has a place, or that its members read. */
const topicsOf = async (admin: Admin, group: string): Promise<string[]> => {
  const committed = await admin.fetchOffsets({ groupId: group });
  const withPlaces = committed
    .filter(({ partitions }) => partitions.some(({ offset }) => BigInt(offset) >= 0n))
    .map(({ topic }) => topic);
  const read = (await membersOf(admin, group)).flatMap(
    ({ memberMetadata }) =>
      kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
  );
  return [...new Set([...withPlaces, ...read])];
};

const membersOf = async (
  admin: Admin,
  group: string,
): Promise<readonly { memberMetadata: Buffer }[]> => {
  const { groups } = await admin.describeGroups([group]);
  return groups[0]?.members ?? [];
};

export const members = async (admin: Admin, group: string): Promise<number> =>
  (await membersOf(admin, group)).length;

export const forget = async (admin: Admin, group: string): Promise<void> => {
  try {
    await admin.deleteGroups([group]);
  } catch (error) {
    const [failed] = (error as { groups?: { error?: { type?: string } }[] }).groups ?? [];
    const type = failed?.error?.type;
    if (type === 'GROUP_ID_NOT_FOUND') return;
    throw type === 'NON_EMPTY_GROUP' ? new GroupRunning(group) : error;
  }
};

export type Seek = {
  readonly group: string;
  readonly topics: readonly string[];
  readonly to: Position;
};

/**
 * Moves a group as its only member for a moment: had it others, they would go on from where they are,
 * and undo the move with their next commit.
 */
export const seek = async (
  client: Kafka,
  admin: Admin,
  { group, topics, to }: Seek,
): Promise<void> => {
  if ((await members(admin, group)) > 0) throw new GroupRunning(group);
  await commitAlone(client, { group, topics, places: await placesOf(admin, topics, to) });
};

/** Gives a group that begins at the end a place there, in partitions where it has none. */
export const beginAtEnd = async (
  client: Kafka,
  admin: Admin,
  { group, topics }: Omit<Seek, 'to'>,
): Promise<void> => {
  const missing = (await places(admin, group, topics)).filter(({ hasPlace }) => !hasPlace);
  if (missing.length === 0 || (await members(admin, group)) > 0) return;
  const ends = missing.map(({ topic, partition, end }) => ({ topic, partition, offset: `${end}` }));
  await commitAlone(client, { group, topics, places: ends });
};

type Offset = { readonly topic: string; readonly partition: number; readonly offset: string };

const placesOf = async (
  admin: Admin,
  topics: readonly string[],
  to: Position,
): Promise<Offset[]> => {
  const found = await Promise.all(
    topics.map(async (topic) => {
      const offsets =
        to instanceof Date
          ? await admin.fetchTopicOffsetsByTimestamp(topic, to.getTime())
          : (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
              partition,
              offset: to === 'earliest' ? low : high,
            }));
      return offsets.map(({ partition, offset }) => ({ topic, partition, offset }));
    }),
  );
  return found.flat();
};

const commitAlone = async (
  client: Kafka,
  {
    group,
    topics,
    places: offsets,
  }: { group: string; topics: readonly string[]; places: readonly Offset[] },
): Promise<void> => {
  const consumer = client.consumer({
    groupId: group,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 100,
    retry: { retries: 5, restartOnFailure: async () => false },
    allowAutoTopicCreation: false,
  });
  const joined = Promise.withResolvers<Readonly<Record<string, number[]>>>();
  joined.promise.catch(() => {});
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) =>
    joined.resolve(payload.memberAssignment),
  );
  consumer.on(consumer.events.CRASH, ({ payload }) => joined.reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async () => {},
    });
    consumer.pause(topics.map((topic) => ({ topic })));
    const held = await joined.promise;
    const isAlone = offsets.every(({ topic, partition }) => held[topic]?.includes(partition));
    if (!isAlone) throw new GroupRunning(group);
    await consumer.commitOffsets([...offsets]);
  } finally {
    await consumer.disconnect();
  }
};

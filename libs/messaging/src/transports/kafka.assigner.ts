import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { watermarkTopicOf } from './kafka.topics.ts';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

const version = 1;

export type Member = { readonly id: string; readonly topics: readonly string[] };

/**
 * Partitions in turn to the members that read their topic, but those with watermarks to everyone: each
 * member has to know how far the owners are. While versions change, not all read the same topics.
 */
export const shareOut = (
  members: readonly Member[],
  partitions: readonly { topic: string; partition: number }[],
): Map<string, Record<string, number[]>> => {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const shares = new Map<string, Record<string, number[]>>(sorted.map(({ id }) => [id, {}]));
  let turn = 0;
  for (const { topic, partition } of partitions) {
    const readers = sorted.filter(({ topics }) => topics.includes(topic));
    const first = turn % Math.max(1, readers.length);
    const takers = isWatermarks(topic) ? readers : readers.slice(first, first + 1);
    if (!isWatermarks(topic)) turn += 1;
    for (const { id } of takers) {
      const share = shares.get(id) ?? {};
      (share[topic] ??= []).push(partition);
    }
  }
  return shares;
};

export const isWatermarks = (topic: string): boolean => topic.endsWith(watermarkTopicOf(''));

/**
 * The library forgets a broker whose connection closed. With the only one of a cluster it would forget
 * the group as well: it would come back as a new member, and wait until the old one is given up. So
 * the last broker is kept, and asked again until it is back.
 */
const keepLastBroker = (cluster: Cluster): void => {
  const removeBroker = cluster.removeBroker.bind(cluster);
  cluster.removeBroker = (address) => {
    if (cluster.getNodeIds().length > 1) removeBroker(address);
  };
};

export const makeAssigner: PartitionAssigner = ({ cluster }) => {
  keepLastBroker(cluster);
  return {
    name: 'hemline',
    version,
    protocol: ({ topics }) => ({
      name: 'hemline',
      metadata: MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }),
    }),
    assign: async ({ members: found }) => {
      const members = found.map(({ memberId, memberMetadata }) => ({
        id: memberId,
        topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
      }));
      const topics = [...new Set(members.flatMap((member) => member.topics))].toSorted();
      await cluster.addMultipleTargetTopics(topics);
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      const shares = shareOut(members, partitions);
      return [...shares].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version,
          assignment,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  };
};

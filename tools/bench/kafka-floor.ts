import kafkajs from 'kafkajs';

/** The floor under events over Kafka: the client alone, that sends batches and commits each one it reads. */

const sendBatch = 500;
const readBatch = 200;
const partitions = 8;
const topic = 'bench-floor';

export type KafkaFloor = {
  /** Sends and reads so many messages at the same time; answers with messages a second. */
  round(messages: number): Promise<number>;
  close(): Promise<void>;
};

export const openKafkaFloor = async (brokers: string): Promise<KafkaFloor> => {
  const client = new kafkajs.Kafka({
    clientId: 'bench-floor',
    brokers: brokers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
  await admin.disconnect();
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  const consumer = client.consumer({ groupId: 'bench-floor' });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const counter = { read: 0 };
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch, resolveOffset }) => {
      for (let at = 0; at < batch.messages.length; at += readBatch) {
        const last = batch.messages[Math.min(at + readBatch, batch.messages.length) - 1];
        if (!last) return;
        resolveOffset(last.offset);
        const offset = (BigInt(last.offset) + 1n).toString();
        await consumer.commitOffsets([{ topic, partition: batch.partition, offset }]);
        counter.read += Math.min(readBatch, batch.messages.length - at);
      }
    },
  });
  return {
    round: async (messages) => {
      const expected = counter.read + messages;
      const startedAt = performance.now();
      for (let sent = 0; sent < messages; sent += sendBatch) {
        await producer.send({ topic, messages: batchFrom(sent) });
      }
      while (counter.read < expected) await new Promise((resolve) => setTimeout(resolve, 5));
      return messages / ((performance.now() - startedAt) / 1000);
    },
    close: async () => {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    },
  };
};

/** As large as an event of stock. */
const value = JSON.stringify({ id: 'x'.repeat(36), data: 'x'.repeat(360) });

const batchFrom = (sent: number): { key: string; value: string }[] =>
  Array.from({ length: sendBatch }, (_, n) => ({ key: `BENCH-${(sent + n) % 5000}`, value }));

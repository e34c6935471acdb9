import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import { topics } from '@hemline/contracts';
import { createLogger } from '@hemline/telemetry';
import kafkajs from 'kafkajs';
import type { UnpreparedEngine } from '../../test/engine.ts';
import { partitionsOfMock, startKafkaMock, whyNoMock } from '../../test/kafka-mock.ts';
import { ensureTopics } from './kafka.make-topics.ts';
import { type Topics, ownerOf, watermarkTopicOf } from './kafka.topics.ts';
import { KafkaTransport } from './kafka.transport.ts';
import { describeTransport } from './transport.contract.ts';
import { describeUnprepared } from './unprepared.contract.ts';

const given = process.env['TEST_KAFKA_BROKERS'];
const logger = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' });

/** Topics under names of their own; `repair` makes those that are declared. */
const start = async (initial: Topics): Promise<UnpreparedEngine> => {
  const settings = { brokers: (given ?? '').split(','), prefix: `${randomUUID()}.` };
  const make = async (list: Topics): Promise<void> => {
    await ensureTopics({ settings, logger, topics: list, replicas: 1, minInSync: 1 });
  };
  await make(initial);
  return {
    connect: () => new KafkaTransport({ settings, app: 'payments', logger }),
    env: {
      EVENTS: 'kafka',
      KAFKA_BROKERS: settings.brokers.join(','),
      KAFKA_PREFIX: settings.prefix,
    },
    repair: () => make(topics),
    close: async () => {},
  };
};

/** Three brokers of librdkafka's mock, which has any topic that it is asked about, with four partitions. */
const startMocked = async (initial: Topics): Promise<UnpreparedEngine> => {
  const { brokers, close } = await startKafkaMock();
  const settings = { brokers };
  const asMocked = (list: Topics): Topics =>
    Object.fromEntries(
      Object.entries(list).map(([name, each]) => [name, { ...each, partitions: partitionsOfMock }]),
    );
  const make = async (list: Topics): Promise<void> => {
    const { Kafka, logLevel } = kafkajs;
    const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const names = Object.keys(list);
    const marks = new Set(names.map((name) => watermarkTopicOf(ownerOf(name))));
    await admin.fetchTopicMetadata({ topics: [...names, ...marks] });
    await admin.disconnect();
  };
  await make(initial);
  return {
    connect: () =>
      new KafkaTransport({ settings, app: 'payments', logger, topics: asMocked(topics) }),
    env: {},
    repair: () => make(topics),
    close,
  };
};

const mockLacks = {
  groups: 'the mock knows no DescribeGroups, by which we learn of a group',
  processes: 'a process wants topics with as many partitions as are declared, and the mock makes 4',
};

const { 'payments.stock': _missing, ...others } = topics;

if (given) {
  describeTransport('kafka', () => start(topics));
  describeUnprepared('kafka', () => start(others));
} else {
  const whyNot = await whyNoMock();
  const reason = process.env['TEST_KAFKA_MISSING'] ?? 'TEST_KAFKA_BROKERS is not set';
  if (whyNot === undefined) {
    const name = `kafka (kcat's mock of three brokers)`;
    console.log(`There is no Kafka here (${reason}): its tests ran over ${name}.`);
    describeTransport(name, () => startMocked(topics), mockLacks);
    describeUnprepared(name, () => startMocked(others));
  } else {
    describe('the kafka transport', () => {
      it.todo(`was not tried: there is no Kafka here (${reason}), nor its mock (${whyNot})`);
    });
  }
}

import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import { topics } from '@hemline/contracts';
import { createLogger } from '@hemline/telemetry';
import type { UnpreparedEngine } from '../../test/engine.ts';
import { ensureTopics } from './kafka.make-topics.ts';
import type { Topics } from './kafka.topics.ts';
import { KafkaTransport } from './kafka.transport.ts';
import { describeTransport } from './transport.contract.ts';
import { describeUnprepared } from './unprepared.contract.ts';

const brokers = process.env['TEST_KAFKA_BROKERS'];
const logger = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' });

/** Topics under names of their own; `repair` makes those that are declared. */
const start = async (given: Topics): Promise<UnpreparedEngine> => {
  const settings = { brokers: (brokers ?? '').split(','), prefix: `${randomUUID()}.` };
  const make = async (list: Topics): Promise<void> => {
    await ensureTopics({ settings, logger, topics: list, replicas: 1, minInSync: 1 });
  };
  await make(given);
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

if (brokers) {
  describeTransport('kafka', () => start(topics));
  describeUnprepared('kafka', () => {
    const { 'payments.stock': _missing, ...others } = topics;
    return start(others);
  });
} else {
  describe('the kafka transport', () => {
    it.todo('was not tried: there is no Kafka here (TEST_KAFKA_BROKERS is not set)');
  });
}

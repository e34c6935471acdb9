import { randomUUID } from 'node:crypto';
import { describe, it } from '@jest/globals';
import { topics } from '@hemline/contracts';
import { createLogger } from '@hemline/telemetry';
import { KafkaTransport } from './kafka.transport.ts';
import { ensureTopics } from './kafka.make-topics.ts';
import { describeTransport } from './transport.contract.ts';

const brokers = process.env['TEST_KAFKA_BROKERS'];
const logger = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' });

if (brokers) {
  describeTransport('kafka', async () => {
    const settings = { brokers: brokers.split(','), prefix: `${randomUUID()}.` };
    const { 'payments.stock': stock } = topics;
    const declared = { 'payments.stock': stock };
    await ensureTopics({ settings, logger, topics: declared, replicas: 1, minInSync: 1 });
    return {
      connect: () => new KafkaTransport({ settings, app: 'payments', logger, topics: declared }),
      close: async () => {},
    };
  });
} else {
  describe('the kafka transport', () => {
    it.todo('was not tried: there is no Kafka here (TEST_KAFKA_BROKERS is not set)');
  });
}

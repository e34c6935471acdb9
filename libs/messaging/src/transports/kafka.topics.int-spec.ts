import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topics } from '@hemline/contracts';
import { createLogger } from '@hemline/telemetry';
import kafkajs, { type Admin } from 'kafkajs';
import { eventually } from '../../../postgres/test/eventually.ts';
import { ensureTopics, runMakeTopics } from './kafka.make-topics.ts';
import type { KafkaSettings } from './kafka.settings.ts';
import type { Topics } from './kafka.topics.ts';
import { KafkaTransport } from './kafka.transport.ts';

const brokers = process.env['TEST_KAFKA_BROKERS'];
const logger = createLogger({ service: 'test', level: 'silent' });
const replication = { replicas: 1, minInSync: 1 };
const few = { 'payments.stock': topics['payments.stock'], 'cart.carts': topics['cart.carts'] };

const describeTopics = (found: string): void => {
  let settings: KafkaSettings & { readonly prefix: string };
  let closings: (() => Promise<void>)[];

  beforeEach(() => {
    settings = { brokers: found.split(','), prefix: `${randomUUID()}.` };
    closings = [];
  });

  afterEach(async () => {
    for (const close of closings) await close();
  });

  const make = (list: Topics) => ensureTopics({ settings, logger, topics: list, ...replication });

  const connect = (app: string): KafkaTransport => {
    const transport = new KafkaTransport({ app, settings, logger, topics: few });
    closings.push(() => transport.close());
    return transport;
  };

  const connectAdmin = async (): Promise<Admin> => {
    const { logLevel, Kafka } = kafkajs;
    const admin = new Kafka({ brokers: [...settings.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    closings.push(() => admin.disconnect());
    return admin;
  };

  const configOf = async (topic: string): Promise<Record<string, string>> => {
    const admin = await connectAdmin();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: settings.prefix + topic }],
    });
    const entries = resources[0]?.configEntries ?? [];
    return Object.fromEntries(entries.map((entry) => [entry.configName, entry.configValue]));
  };

  describe('making topics', () => {
    it('makes what is missing, once, with what the list says', async () => {
      const { made } = await make(few);
      expect(made.map((name) => name.slice(settings.prefix.length))).toEqual([
        'payments.stock',
        'payments.watermarks',
        'cart.carts',
        'cart.watermarks',
      ]);
      expect(await make(few)).toEqual({ made: [], changed: [] });
      expect(await configOf('payments.stock')).toMatchObject({ 'cleanup.policy': 'compact' });
      expect(await configOf('cart.carts')).toMatchObject({
        'cleanup.policy': 'delete',
        'retention.ms': String(7 * 86_400_000),
      });
    });

    it('can be done by many at once', async () => {
      await Promise.all([make(few), make(few), make(few)]);
      expect(await make(few)).toEqual({ made: [], changed: [] });
    });

    it('brings settings up to the list, and leaves those of others as they are', async () => {
      await make(few);
      const name = `${settings.prefix}cart.carts`;
      const admin = await connectAdmin();
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name,
            configEntries: [
              { name: 'retention.ms', value: '1000' },
              { name: 'max.message.bytes', value: '500000' },
            ],
          },
        ],
      });
      expect(await make(few)).toEqual({ made: [], changed: [name] });
      expect(await configOf('cart.carts')).toMatchObject({
        'retention.ms': String(7 * 86_400_000),
        'max.message.bytes': '500000',
      });
    });

    it('refuses another number of partitions, and makes nothing then', async () => {
      await make({ 'cart.carts': { ...few['cart.carts'], partitions: 3 } });
      await expect(make(few)).rejects.toThrow(
        /cart\.carts has 3 partitions in the log, and 8 are declared/,
      );
      await expect(configOf('payments.stock')).rejects.toThrow();
    });

    it('says by name what its command lacks, and where nobody answers', async () => {
      const said: string[] = [];
      const say = (line: string): void => void said.push(line);
      expect(await runMakeTopics({}, { out: say, err: say })).toBe(2);
      const env = { KAFKA_BROKERS: '127.0.0.1:1' };
      expect(await runMakeTopics(env, { out: say, err: say })).toBe(1);
      expect(said).toEqual([
        'The topics cannot be made: KAFKA_BROKERS missing or not valid.',
        expect.stringMatching(/^The topics could not be made at 127\.0\.0\.1:1: .*ECONNREFUSED/),
      ]);
    }, 20_000);
  });

  describe('the kafka transport alone', () => {
    it('refuses a message that no broker takes, with all that would go with it, and sends large ones apart', async () => {
      await make(few);
      const payments = connect('payments');
      const small = { topic: 'payments.stock', key: 'a', value: '{}' };
      const large = { topic: 'payments.stock', key: 'b', value: 'x'.repeat(1_000_000) };
      await expect(payments.publish([small, large])).rejects.toThrow(
        /payments\.stock under b has 1000001 bytes, and 900000 fit/,
      );
      const several = Array.from({ length: 5 }, () => ({ ...small, value: 'x'.repeat(800_000) }));
      await payments.publish(several);
      const admin = await connectAdmin();
      const ends = await admin.fetchTopicOffsets(`${settings.prefix}payments.stock`);
      expect(ends.reduce((sum, { high }) => sum + Number(high), 0)).toBe(5);
    }, 20_000);

    it('knows as of when it has heard everything, for quiet topics too', async () => {
      await make(few);
      const payments = connect('payments');
      const subscription = connect('cart').subscribe({
        group: 'cart',
        topics: ['payments.stock'],
        maxBatch: 10,
        onBatch: async () => {},
      });
      closings.unshift(() => subscription.close());
      expect(subscription.watermark('payments.stock')).toBeUndefined();
      const tell = (time: Date): Promise<void> => payments.publish([], { app: 'payments', time });
      await eventually(async () => {
        await tell(new Date());
        expect(subscription.watermark('payments.stock')).toBeDefined();
      });
      const time = new Date();
      await payments.publish([{ topic: 'payments.stock', key: 'a', value: '{}' }], {
        app: 'payments',
        time,
      });
      await eventually(() => expect(subscription.watermark('payments.stock')).toEqual(time));
    }, 20_000);
  });
};

if (brokers) describeTopics(brokers);
else {
  describe('making topics', () => {
    const reason = process.env['TEST_KAFKA_MISSING'] ?? 'TEST_KAFKA_BROKERS is not set';
    it.todo(`was not tried: there is no Kafka here (${reason}), and its mock makes no topics`);
  });
}

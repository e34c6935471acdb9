import { describe, expect, it } from '@jest/globals';
import { apps, dataApps, toEnvironments, toPorts, type DataApp, type Setting } from './topology.ts';

const urls = (database: (app: DataApp) => string) =>
  Object.fromEntries(dataApps.map((app) => [app, database(app)])) as Record<DataApp, string>;

const make = (
  given: NodeJS.ProcessEnv = {},
  engines: Pick<Setting, 'kafkaBrokers' | 'redisUrl'> = {},
) =>
  toEnvironments({
    ...engines,
    ports: toPorts(4000),
    dataDir: '/data',
    version: '1.2.3',
    commit: 'abc',
    databaseUrls: urls((app) => `postgres://${app}:${app}-password@h/${app}`),
    eventsUrls: urls((app) => `postgres://${app}:${app}-password@h/events`),
    secrets: {
      databasePasswords: { postgres: 'superuser-password', cart_owner: 'owner-password' },
      pspSecretKey: 'provider-key',
      pspWebhookSecret: 'webhook-secret',
      tokenSecret: 'token-secret',
      redisPassword: 'redis-password',
      staffKey: {
        private: { d: 'staff-private' },
        public: { x: 'staff-public', kid: 'k', alg: 'EdDSA' },
      },
    },
    given,
  });

const secrets = {
  'catalog-password': ['catalog'],
  'cart-password': ['cart'],
  'payments-password': ['payments'],
  'images-password': ['images'],
  'superuser-password': [],
  'owner-password': [],
  'staff-private': [],
  'provider-key': ['payments', 'psp-sandbox'],
  'webhook-secret': ['payments', 'psp-sandbox'],
  'token-secret': ['payments'],
};

describe('what services are told', () => {
  it.each(Object.entries(secrets))('gives %s to %j alone', (secret, holders) => {
    const environments = make({ AWS_SECRET_ACCESS_KEY: 'x', HOME: '/root' });
    const found = apps.filter((app) => JSON.stringify(environments[app]).includes(secret));
    expect([...found].sort()).toEqual([...holders].sort());
  });

  it('hands on nothing of the surroundings that no service asks for', () => {
    const environments = make({ NPM_TOKEN: 'x', DATABASE_URL: 'y', AWS_SECRET_ACCESS_KEY: 'z' });
    expect(JSON.stringify(environments)).not.toContain('NPM_TOKEN');
    expect(environments.web['DATABASE_URL']).toBeUndefined();
    expect(apps.filter((app) => environments[app]['AWS_SECRET_ACCESS_KEY'])).toEqual(['images']);
  });

  it('moves all ports together', () => {
    const environments = make();
    expect(apps.map((app) => environments[app]['PORT'])).toEqual([
      '4000',
      '4001',
      '4002',
      '4003',
      '4004',
      '4005',
    ]);
    expect(environments.payments['PSP_API_URL']).toBe('http://127.0.0.1:4005');
    expect(environments['psp-sandbox']['WEBHOOK_URL']).toBe('http://127.0.0.1:4003/webhooks/psp');
  });

  it('turns payments to the real provider when it is given a key of one', () => {
    const { payments } = make({ PSP_SECRET_KEY: 'sk_live', PSP_WEBHOOK_SECRETS: 'whsec' });
    expect(payments).toMatchObject({ PSP_SECRET_KEY: 'sk_live', PSP_WEBHOOK_SECRETS: 'whsec' });
    expect(payments['PSP_API_URL']).toBeUndefined();
  });

  it('sends events by the Kafka that there is, and its password to those with data alone', () => {
    const given = { KAFKA_PREFIX: 'mine.', KAFKA_PASSWORD: 'kafka-password', KAFKA_BROKERS: 'x:1' };
    const environments = make(given, { kafkaBrokers: 'broker:9092' });
    for (const app of dataApps) {
      expect(environments[app]).toMatchObject({
        EVENTS: 'kafka',
        KAFKA_BROKERS: 'broker:9092',
        KAFKA_PREFIX: 'mine.',
        KAFKA_PASSWORD: 'kafka-password',
      });
      expect(environments[app]).not.toHaveProperty('EVENTS_DATABASE_URL');
    }
    expect(JSON.stringify([environments.web, environments['psp-sandbox']])).not.toContain('afka');
    expect(JSON.stringify(make(given))).not.toContain('afka');
  });

  it('tells of a Redis to the one that shares what it caches', () => {
    const environments = make({}, { redisUrl: 'redis://:redis-password@h:6379' });
    expect(apps.filter((app) => 'REDIS_URL' in environments[app])).toEqual(['catalog']);
  });
});

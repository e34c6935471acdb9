import { join } from 'node:path';
import type { Secrets } from './folder/secrets.ts';

/** The whole platform on one page: what runs, where it listens, and what it is told. */

export const dataApps = ['catalog', 'cart', 'payments', 'images'] as const;
export type DataApp = (typeof dataApps)[number];

export const apps = ['web', ...dataApps, 'psp-sandbox'] as const;
export type App = (typeof apps)[number];

/** Databases that there are: one an app with data, and the log of the postgres event transport. */
export const databases = [...dataApps, 'events'] as const;
export type Database = (typeof databases)[number];

/** Stopped in this order: whoever calls others goes before those it calls. */
export const stopOrder: readonly (readonly App[])[] = [['web'], dataApps, ['psp-sandbox']];

const portOffsets = {
  web: 0,
  catalog: 1,
  cart: 2,
  payments: 3,
  images: 4,
  'psp-sandbox': 5,
  redis: 7,
  kafka: 8,
  'kafka-controller': 9,
  postgres: 10,
} as const;

export const LAST_PORT_OFFSET = portOffsets.postgres;

export type Ports = Readonly<Record<keyof typeof portOffsets, number>>;

export function toPorts(base: number): Ports {
  const entries = Object.entries(portOffsets).map(([name, offset]) => [name, base + offset]);
  return Object.fromEntries(entries) as Ports;
}

export const toUrl = (port: number) => `http://127.0.0.1:${port}`;

export type Environment = Readonly<Record<string, string>>;

export interface Setting {
  readonly ports: Ports;
  readonly dataDir: string;
  readonly secrets: Secrets;
  readonly version: string;
  readonly commit: string;
  /** As each app's own role, which can change rows and no tables. */
  readonly databaseUrls: Readonly<Record<DataApp, string>>;
  /** The event log's database, as each app's role. */
  readonly eventsUrls: Readonly<Record<DataApp, string>>;
  /** The brokers of the Kafka that carries events; they go through PostgreSQL if absent. */
  readonly kafkaBrokers?: string | undefined;
  /** The Redis in which instances share what they cache; each keeps its own if absent. */
  readonly redisUrl?: string | undefined;
  /** The environment that the launcher itself was started with. */
  readonly given: NodeJS.ProcessEnv;
}

/** What each app is told: exactly what it needs, so no service holds another's secrets. */
export function toEnvironments(setting: Setting): Readonly<Record<App, Environment>> {
  const { ports, secrets, dataDir } = setting;
  const withData = (app: DataApp) => ({
    ...common(setting, app),
    DATABASE_URL: setting.databaseUrls[app],
    ...events(setting, app),
    STAFF_JWKS: JSON.stringify({ keys: [secrets.staffKey.public] }),
  });
  return {
    web: {
      ...common(setting, 'web'),
      PUBLIC_URL: toUrl(ports.web),
      CATALOG_URL: toUrl(ports.catalog),
      CART_URL: toUrl(ports.cart),
      PAYMENTS_URL: toUrl(ports.payments),
      IMAGES_PUBLIC_URL: toUrl(ports.images),
      ...pick(setting.given, ['PUBLIC_URL', 'IMAGES_PUBLIC_URL']),
    },
    catalog: {
      ...withData('catalog'),
      ...(setting.redisUrl === undefined ? {} : { REDIS_URL: setting.redisUrl }),
    },
    cart: withData('cart'),
    payments: {
      ...withData('payments'),
      ...provider(setting),
      TOKEN_SECRET: secrets.tokenSecret,
    },
    images: {
      ...withData('images'),
      IMAGE_STORE: 'disk',
      IMAGE_DIR: join(dataDir, 'images'),
      ...pick(setting.given, imageStoreNames),
    },
    'psp-sandbox': {
      ...common(setting, 'psp-sandbox'),
      JOURNAL_PATH: join(dataDir, 'psp', 'journal.jsonl'),
      PSP_SECRET_KEY: secrets.pspSecretKey,
      WEBHOOK_URL: `${toUrl(ports.payments)}/webhooks/psp`,
      WEBHOOK_SECRET: secrets.pspWebhookSecret,
      WEBHOOK_EVENTS: webhookEvents.join(','),
    },
  };
}

function events(setting: Setting, app: DataApp): Environment {
  if (setting.kafkaBrokers === undefined) {
    return { EVENTS: 'postgres', EVENTS_DATABASE_URL: setting.eventsUrls[app] };
  }
  return {
    EVENTS: 'kafka',
    ...pick(setting.given, kafkaNames),
    KAFKA_BROKERS: setting.kafkaBrokers,
  };
}

/** How a Kafka of one's own is reached, besides its brokers. */
export const kafkaNames = ['KAFKA_PREFIX', 'KAFKA_TLS', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'];

/** What payments is told of: what it has to look into, as an endpoint at Stripe would be set up. */
const webhookEvents = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.payment_failed',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'refund.*',
  'charge.dispute.*',
];

const imageStoreNames = [
  'IMAGE_STORE',
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
];

/**
 * The sandbox, unless whoever starts us brings a provider's key: then the real one, by
 * configuration alone.
 */
function provider({ given, ports, secrets }: Setting): Environment {
  if (given['PSP_SECRET_KEY']) {
    return pick(given, ['PSP_API_URL', 'PSP_SECRET_KEY', 'PSP_WEBHOOK_SECRETS']);
  }
  return {
    PSP_API_URL: toUrl(ports['psp-sandbox']),
    PSP_SECRET_KEY: secrets.pspSecretKey,
    PSP_WEBHOOK_SECRETS: secrets.pspWebhookSecret,
  };
}

function common({ given, ports, version, commit }: Setting, app: App): Environment {
  const telemetry = Object.keys(given).filter((name) => name.startsWith('OTEL_'));
  return {
    ...pick(given, [...machineNames, ...telemetry]),
    ...(given['OTEL_EXPORTER_OTLP_ENDPOINT'] ? { OTEL_SERVICE_NAME: app } : {}),
    LOG_LEVEL: given['LOG_LEVEL'] ?? 'info',
    HOST: '127.0.0.1',
    PORT: String(ports[app]),
    SERVICE_VERSION: version,
    GIT_COMMIT: commit,
  };
}

/** Whether any program may have it, as it belongs to the machine and not to a service. */
export const isOfMachine = (name: string) =>
  machineNames.includes(name) || name.startsWith('OTEL_');

/** What programs of any kind find in their environment. */
const machineNames = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'SystemRoot',
  'TEMP',
];

export function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

import type { Compose, Service } from './compose.ts';

// Of Kafka and Redis: whoever is told of one can reach it, nobody else can, and the topics are made.

const shares = (one: Service | undefined, other: Service | undefined): boolean =>
  one?.networks?.some((network) => other?.networks?.includes(network)) ?? false;

/** Which service is found under which variable, as `.env.example` names it. */
const engines = [
  { name: 'kafka', variable: 'KAFKA_BROKERS', address: 'kafka:9092' },
  { name: 'redis', variable: 'REDIS_URL', address: 'redis://redis:6379' },
] as const;

export function checkDistributed({ services }: Compose, example: string): string[] {
  return [
    ...engines.flatMap(({ name, variable, address }) => {
      const engine = services[name];
      if (!engine?.profiles?.includes('distributed')) return [`${name} is not in its profile`];
      const faults = Object.entries(services)
        .filter(([other]) => other !== name)
        .flatMap(([other, service]) => {
          const isTold = variable in (service.environment ?? {});
          if (isTold === shares(service, engine)) return [];
          return [`${other} ${isTold ? 'cannot reach' : 'is not told of, and can reach'} ${name}`];
        });
      const isNamed = example.includes(`\n#${variable}=${address}\n`);
      return isNamed ? faults : [...faults, `.env.example does not lead to ${name}`];
    }),
    ...checkTopics(services['topics']),
  ];
}

/** What the step reads besides the brokers. */
const ofTopics = [
  'KAFKA_PREFIX',
  'KAFKA_TLS',
  'KAFKA_USERNAME',
  'KAFKA_PASSWORD',
  'KAFKA_REPLICATION',
  'KAFKA_MIN_INSYNC',
];

function checkTopics(topics: Service | undefined): string[] {
  if (!topics) return ['topics has no service'];
  const command = [topics.command ?? []].flat().join(' ');
  return [
    ...(command === 'node infra/kafka/make-topics.ts' ? [] : ['topics makes no topics']),
    ...(topics.depends_on?.['kafka']?.condition === 'service_healthy'
      ? []
      : ['topics does not wait for kafka']),
    ...ofTopics
      .filter((name) => !(name in (topics.environment ?? {})))
      .map((name) => `topics lacks ${name}`),
  ];
}

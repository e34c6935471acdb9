import { findJava } from '../infra/local/src/kafka/java.ts';
import { findKafka } from '../infra/local/src/kafka/fetch.ts';
import { hasRedis } from '../infra/local/src/redis/server.ts';
import { installByApt } from './apt.ts';
import { run } from './steps.ts';

/** Why tests have to do without an engine; undefined where they have it. */
export type Engines = {
  readonly kafka: string | undefined;
  readonly redis: string | undefined;
  readonly kcat: string | undefined;
};

const runs = (command: string, args: readonly string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );

/** What tests of the distributed shop need, fetched where it is missing and may be fetched. */
export const fetchEngines = async (): Promise<Engines> => ({
  redis: await fetchRedis(),
  kcat: (await runs('kcat', ['-V'])) ? undefined : await installByApt('kcat', ['kcat']),
  kafka: await fetchKafka(),
});

const fetchRedis = async (): Promise<string | undefined> => {
  if (await hasRedis(process.env)) return undefined;
  // Debian starts it as a service as well, which is not ours to stop and takes nobody's port here.
  return installByApt('Redis', ['redis-server']);
};

const fetchKafka = async (): Promise<string | undefined> => {
  if (process.env['TEST_KAFKA_BROKERS'] || process.env['KAFKA_BROKERS']) return undefined;
  const { env } = process;
  if ((await findJava(env)).kind === 'missing')
    await installByApt('Java', ['default-jre-headless']);
  if (!(await runs('mvn', ['--version']))) await installByApt('Maven', ['maven']);
  const onFetch = (version: string): void => console.log(`fetching Kafka ${version} by Maven`);
  const kafka = await findKafka({ env, onFetch });
  return kafka.kind === 'missing' ? kafka.reason : undefined;
};

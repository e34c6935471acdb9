import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Flags } from '../flags.ts';
import type { Paths } from '../folder/data-folder.ts';
import type { Secrets } from '../folder/secrets.ts';
import type { State } from '../folder/state.ts';
import { findKafka, kafkaHome, type KafkaCode } from '../kafka/fetch.ts';
import { startKafka, type KafkaServer } from '../kafka/server.ts';
import type { Terminal } from '../output/terminal.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import type { Watcher } from '../process/supervisor.ts';
import { hasRedis, startRedis, type RedisServer } from '../redis/server.ts';
import { Refusal } from '../refusal.ts';
import { isOfMachine, kafkaNames, pick, type Ports } from '../topology.ts';
import type { EventLog } from './event-log.ts';
import { narrate } from './narrate.ts';

export interface EnginesOptions {
  readonly flags: Flags;
  readonly env: NodeJS.ProcessEnv;
  readonly paths: Paths;
  readonly ports: Ports;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/**
 * The engines of the distributed shop, each only where it was asked for: a Kafka that carries the
 * events and a Redis in which caches are shared. Those of whoever starts us are taken if they are
 * given; else they run here, beside PostgreSQL.
 */
export class Engines {
  private readonly options: EnginesOptions;
  private readonly givenBrokers: string | undefined;
  private readonly givenRedis: string | undefined;
  private readonly processes = new Map<string, ProcessIdentity>();
  private kafkaCode: KafkaCode | undefined;
  private kafka: KafkaServer | undefined;
  private redis: RedisServer | undefined;

  constructor(options: EnginesOptions) {
    const { flags, env } = options;
    this.options = options;
    this.givenBrokers = flags.events === 'kafka' ? env['KAFKA_BROKERS'] || undefined : undefined;
    this.givenRedis = flags.redis ? env['REDIS_URL'] || undefined : undefined;
  }

  get kafkaBrokers(): string | undefined {
    return this.givenBrokers ?? this.kafka?.brokers;
  }

  get redisUrl(): string | undefined {
    return this.givenRedis ?? this.redis?.url;
  }

  get eventLog(): EventLog {
    const { flags, env } = this.options;
    if (flags.events === 'postgres') return { log: 'postgres' };
    const log = this.givenBrokers === undefined ? 'kafka' : 'kafka-elsewhere';
    return { log, prefix: env['KAFKA_PREFIX'] ?? '' };
  }

  /** Ports that engines of our own will take. */
  get ports(): Readonly<Record<string, number>> {
    const { kafka, redis, 'kafka-controller': controller } = this.options.ports;
    return {
      ...(this.runsKafka && { kafka, 'kafka-controller': controller }),
      ...(this.runsRedis && { redis }),
    };
  }

  /** Finds what will be started, and refuses where there is nothing; a first Kafka is fetched. */
  async find(): Promise<void> {
    if (this.runsRedis && !(await hasRedis(this.options.env))) throw noRedis();
    if (this.runsKafka) this.kafkaCode = await this.findKafka();
  }

  async start(secrets: Secrets): Promise<void> {
    const results = await Promise.allSettled([this.startKafka(), this.startRedis(secrets)]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Also while they start. */
  get running(): readonly ProcessIdentity[] {
    return [...this.processes.values()];
  }

  describe(): Pick<State, 'events' | 'kafka' | 'redis'> {
    const { kafkaBrokers: brokers, redisUrl: url } = this;
    return {
      events: this.options.flags.events,
      ...(brokers !== undefined && { kafka: { brokers, ...withPid(this.kafka) } }),
      ...(url !== undefined && { redis: { url, ...withPid(this.redis) } }),
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.kafka?.stop(), this.redis?.stop()]);
  }

  kill(): void {
    this.kafka?.kill();
    this.redis?.kill();
  }

  private get runsKafka(): boolean {
    return this.options.flags.events === 'kafka' && this.givenBrokers === undefined;
  }

  private get runsRedis(): boolean {
    return this.options.flags.redis && this.givenRedis === undefined;
  }

  private async findKafka(): Promise<KafkaCode> {
    const { env, terminal, signal } = this.options;
    const startedAt = performance.now();
    let isFetched = false;
    const onFetch = (version: string) => {
      isFetched = true;
      terminal.say('kafka', `fetching Kafka ${version} by Maven, 43 MB, this once`);
    };
    const found = await findKafka({ env, onFetch, signal });
    if (found.kind === 'missing') throw noKafka(found.reason);
    if (isFetched) terminal.say('kafka', `fetched (${since(startedAt)})`);
    return found;
  }

  private async startKafka(): Promise<void> {
    const { paths, ports, terminal, flags } = this.options;
    if (flags.events !== 'kafka') return;
    const startedAt = performance.now();
    if (this.kafkaCode) {
      this.kafka = await startKafka({
        code: this.kafkaCode,
        dataDir: paths.kafka,
        port: ports.kafka,
        controllerPort: ports['kafka-controller'],
        logFile: paths.logOf('kafka'),
        watcher: this.narrate('kafka'),
      });
    }
    await this.makeTopics();
    terminal.say('kafka', `${this.kafkaBrokers} is ready (${since(startedAt)})`);
  }

  private narrate(name: string): Watcher {
    const { terminal, paths, onChange } = this.options;
    return narrate(name, {
      terminal,
      logOf: paths.logOf,
      onChange: (running) => {
        if (running) this.processes.set(name, running);
        else this.processes.delete(name);
        onChange();
      },
    });
  }

  /** A process of its own, as the client would stay in our memory for as long as we run. */
  private async makeTopics(): Promise<void> {
    const { env } = this.options;
    const names = Object.keys(env).filter(isOfMachine);
    const child = spawn(
      process.execPath,
      ['--no-warnings', '--conditions=source', join(kafkaHome, 'make-topics.ts')],
      {
        env: {
          ...pick(env, [...names, ...kafkaNames, 'KAFKA_REPLICATION', 'KAFKA_MIN_INSYNC']),
          KAFKA_BROKERS: this.kafkaBrokers,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
    const code = await new Promise((done) => child.once('close', done));
    if (code !== 0) throw new Refusal(complaint.trim() || 'The topics could not be made.');
  }

  private async startRedis({ redisPassword }: Secrets): Promise<void> {
    const { paths, ports, terminal, flags } = this.options;
    if (!flags.redis) return;
    const startedAt = performance.now();
    if (this.runsRedis) {
      this.redis = await startRedis({
        dataDir: paths.redis,
        port: ports.redis,
        password: redisPassword,
        logFile: paths.logOf('redis'),
        watcher: this.narrate('redis'),
      });
      terminal.say('redis', `redis://127.0.0.1:${ports.redis} is ready (${since(startedAt)})`);
    }
  }
}

const since = (startedAt: number) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

const withPid = (server: KafkaServer | RedisServer | undefined) =>
  server === undefined ? {} : { pid: server.pid() ?? 0 };

const noKafka = (reason: string) =>
  new Refusal(
    `There is no Kafka to carry the events: ${reason}. Three ways lead to one: name brokers of ` +
      'your own by KAFKA_BROKERS=host:port; or install Java 17 or newer and Maven, and it is ' +
      'fetched; or run the whole shop with Kafka by Docker Compose, as docs/deploy.md tells.',
  );

const noRedis = () =>
  new Refusal(
    'There is no Redis to share caches in: name one of your own by REDIS_URL=redis://host:port, ' +
      'or install redis-server, or run the whole shop with Redis by Docker Compose, as ' +
      'docs/deploy.md tells.',
  );

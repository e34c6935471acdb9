import { setImmediate as turn } from 'node:timers/promises';
import { type ChainableCommander, Redis } from 'ioredis';

export type RedisLinkOptions = {
  readonly url: string;
  /** Begins every key, as in `catalog`. */
  readonly prefix: string;
  readonly log: Log;
  readonly commandTimeoutMs?: number;
};

/** What a logger must be able to do; pino's can. */
export type Log = {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
};

type Batch = {
  readonly pipeline: ChainableCommander;
  readonly results: Promise<[error: Error | null, result: unknown][]>;
};

/** Nothing came back: the connection was lost, or was not there, or Redis took too long. */
export class RedisLost extends Error {}

/** Many times what Redis takes; a read that waits no longer costs less than what it would have saved. */
const commandTimeoutMs = 100;
const connectTimeoutMs = 1000;
const maxRetryMs = 2000;
const refusalPauseMs = 1000;
/** A service that starts is busy with itself, and may miss the answers to its first attempts. */
const toldAfterStarts = 3;
const timedOut = 'Command timed out';

/**
 * The connection that all caches of a process share, and its breaker. After a command that is not answered
 * in time nothing more is asked, until a later one, for which nobody waits, is answered, on this connection
 * or else on a new one. So a Redis that is paused, or behind a network that swallows everything, costs the
 * requests of one moment one time-out, and later ones nothing.
 */
export class RedisLink {
  readonly prefix: string;
  private readonly redis: Redis;
  private readonly log: Log;
  private readonly timeoutMs: number;
  private readonly listeners: (() => void)[] = [];
  private state: 'starting' | 'up' | 'doubted' | 'lost' | 'closed' = 'starting';
  private batch: Batch | undefined;
  private failedStarts = 0;
  /** Counts connections, so that a late failure of the last one does not take down this one. */
  private epoch = 0;
  private lastError = 'the connection was closed';
  private isRefused = false;
  private nextAttemptAt = 0;

  constructor(options: RedisLinkOptions) {
    this.prefix = options.prefix;
    this.log = options.log;
    this.timeoutMs = options.commandTimeoutMs ?? commandTimeoutMs;
    this.redis = new Redis(options.url, {
      connectionName: `hemline-${options.prefix}`,
      commandTimeout: this.timeoutMs,
      connectTimeout: connectTimeoutMs,
      disconnectTimeout: this.timeoutMs,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.min(50 * 2 ** times, maxRetryMs) * (0.5 + Math.random() / 2),
    });
    this.redis.on('error', (error: Error) => (this.lastError = describe(error)));
    this.redis.on('close', () => this.lose(this.lastError));
    this.redis.on('ready', () => this.come());
  }

  get isUp(): boolean {
    return this.state === 'up';
  }

  /** True while values are worth sending: it is there, and did not refuse one a moment ago. */
  get takesValues(): boolean {
    return this.isUp && Date.now() >= this.nextAttemptAt;
  }

  /** Calls `listener` each time that Redis has come. */
  onUp(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** In one round trip. An Error stands for a reply that is one; what is not there is empty. */
  async read(keys: readonly string[], maxBytes: number): Promise<(Buffer | Error)[]> {
    const replies = await this.send((pipeline) => {
      // Not GET: whatever is there, no more than this is carried here.
      for (const key of keys) pipeline.getrangeBuffer(key, 0, maxBytes);
    });
    return replies.map((reply) =>
      reply instanceof Error || Buffer.isBuffer(reply) ? reply : new Error('not bytes'),
    );
  }

  /** False where Redis is there and takes no values, being full, or a copy that is only read. */
  async write(build: (pipeline: ChainableCommander) => void): Promise<boolean> {
    const refusal = (await this.send(build)).find((reply) => reply instanceof Error);
    if (refusal) this.refuse(refusal);
    else this.accept();
    return refusal === undefined;
  }

  /** Apart from `write`, as a full Redis does this as well. */
  async erase(key: string): Promise<boolean> {
    const [reply] = await this.send((pipeline) => pipeline.del(key));
    return !(reply instanceof Error);
  }

  close(): void {
    this.state = 'closed';
    this.redis.disconnect();
  }

  /** All that is sent in one turn of the event loop goes together, in its order: a write costs more than a command. */
  private async send(build: (pipeline: ChainableCommander) => void): Promise<unknown[]> {
    if (this.state !== 'up' && this.state !== 'doubted') throw new RedisLost();
    const batch = (this.batch ??= this.begin());
    const first = batch.pipeline.length;
    build(batch.pipeline);
    const end = batch.pipeline.length;
    return (await batch.results).slice(first, end).map(([error, reply]) => {
      if (!error) return reply;
      if (error.name === 'ReplyError') return error;
      throw new RedisLost(error.message);
    });
  }

  private begin(): Batch {
    const pipeline = this.redis.pipeline();
    const results = turn().then(async () => {
      this.batch = undefined;
      const { epoch } = this;
      const all = (await pipeline.exec()) ?? [];
      if (epoch === this.epoch && all.some(([error]) => error?.message === timedOut)) this.doubt();
      return all;
    });
    return { pipeline, results };
  }

  /**
   * A process that had no time to read sees a time-out although its answer is there. One more answer is
   * waited for, by nobody, before the connection is given up.
   */
  private doubt(): void {
    if (this.state !== 'up') return;
    this.state = 'doubted';
    const { epoch } = this;
    const settle = (isAnswered: boolean): void => {
      if (this.state !== 'doubted' || epoch !== this.epoch) return;
      if (isAnswered) {
        this.come();
      } else {
        this.lose(`it did not answer within ${this.timeoutMs} ms`);
        this.redis.disconnect(true);
      }
    };
    this.redis.ping().then(
      () => settle(true),
      () => settle(false),
    );
  }

  private lose(reason: string): void {
    if (this.state === 'lost' || this.state === 'closed') return;
    this.failedStarts += 1;
    if (this.state === 'starting' && this.failedStarts < toldAfterStarts) return;
    this.state = 'lost';
    this.log.warn(
      { reason },
      'Redis is lost: answers are kept in this process alone until it is back',
    );
  }

  private come(): void {
    if (this.state === 'closed') return;
    const isReturn = this.state === 'lost';
    this.state = 'up';
    this.epoch += 1;
    this.lastError = 'the connection was closed';
    if (isReturn) this.log.info({}, 'Redis is back');
    for (const listener of this.listeners) listener();
  }

  private refuse({ message }: Error): void {
    this.nextAttemptAt = Date.now() + refusalPauseMs;
    if (this.isRefused) return;
    this.isRefused = true;
    this.log.warn({ reason: message }, 'Redis takes no values: it answers with those that it has');
  }

  private accept(): void {
    if (!this.isRefused) return;
    this.isRefused = false;
    this.log.info({}, 'Redis takes values again');
  }
}

/** An attempt on each address of a name makes an error of errors that has no text of its own. */
const describe = (error: Error): string =>
  error instanceof AggregateError
    ? error.errors.map((one: Error) => one.message).join(', ')
    : error.message;

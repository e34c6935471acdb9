import { type CacheOptions, RedisLink } from '@hemline/cache';
import { LOGGER, type Logger } from '@hemline/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import type { Encoding } from './encoding.ts';

/** Raised when what the bytes of an answer mean has changed, and the commit cannot tell. */
const layout = 1;

/** The Redis that instances of catalog share, where there is one. */
@Injectable()
export class SharedRedis implements OnApplicationShutdown {
  private readonly link: RedisLink | undefined;
  /** Another version may answer in another form, and is no source of answers for this one. */
  private readonly format: string;

  constructor(@Inject(CONFIG) { REDIS_URL, GIT_COMMIT }: Config, @Inject(LOGGER) log: Logger) {
    this.link =
      REDIS_URL === undefined
        ? undefined
        : new RedisLink({ url: REDIS_URL, prefix: 'catalog', log });
    this.format = `${layout}.${GIT_COMMIT}`;
  }

  /** Undefined where there is none. */
  get isUp(): boolean | undefined {
    return this.link?.isUp;
  }

  /** The second level of a cache, to be spread into its options. */
  level<Value extends object>(encoding: Encoding<Value>): Pick<CacheOptions<Value>, 'shared'> {
    const { link: redis, format } = this;
    return redis ? { shared: { redis, format, ...encoding } } : {};
  }

  onApplicationShutdown(): void {
    this.link?.close();
  }
}

import { type Cache, RedisLink, createCache } from '../src/index.ts';

export type Page = { readonly text: string };

export const page = (text: string) => async (): Promise<Page> => ({ text });
export const never = async (): Promise<Page> => {
  throw new Error('should not be loaded');
};

export const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Waits until it is so, or five seconds have gone. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 5000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('it never came to be so');
    await wait(5);
  }
};

type Settings = {
  readonly ttlMs?: number;
  readonly staleMs?: number;
  readonly format?: string;
  /** So few that it holds nothing itself, and asks Redis each time. */
  readonly maxBytes?: number;
};

/** What one process has: a connection, and a cache with a clock that can be set. */
export class Process {
  readonly log: string[] = [];
  readonly link: RedisLink;
  readonly cache: Cache<Page>;
  aheadMs = 0;

  constructor(url: string, settings: Settings = {}) {
    const { ttlMs = 10_000, staleMs = 5000, format = '1', maxBytes = 10_000_000 } = settings;
    const note = (_facts: object, text: string): void => void this.log.push(text);
    this.link = new RedisLink({ url, prefix: 'test', log: { info: note, warn: note } });
    this.cache = createCache<Page>({
      name: 'pages',
      maxBytes,
      sizeOf: ({ text }) => text.length,
      ttlMs,
      staleMs,
      now: () => Date.now() + this.aheadMs,
      random: () => 0,
      shared: {
        redis: this.link,
        format,
        encode: ({ text }) => Buffer.from(text),
        decode: (bytes) => ({ text: bytes.toString() }),
      },
    });
  }

  async up(): Promise<this> {
    await until(() => this.link.isUp);
    return this;
  }

  get counts(): Record<string, number> {
    return { ...this.cache.stats().shared };
  }

  /** What this process has said of Redis so far. */
  said(): string[] {
    return this.log.map((text) => text.replace(/:.*/, ''));
  }
}

import { randomBytes } from 'node:crypto';
import { markBytes } from './frame.ts';
import type { RedisLink } from './redis-link.ts';

export type Keys = {
  readonly generation: string;
  readonly mark: (key: string) => string;
  readonly entry: (key: string) => string;
};

type Options = {
  readonly redis: RedisLink;
  readonly keys: Keys;
  /** How long it matters that a key was forgotten: as long as anything loaded before may live. */
  readonly memoryMs: number;
  readonly now: () => number;
};

/** Keys that wait to be told; past that, the whole cache is forgotten instead. */
const maxPending = 1000;

/** Tells Redis what was forgotten, many things at once, and knows when it could not. */
export class Forgotten {
  private readonly options: Options;
  /** A batch of events forgets the same things again and again. */
  private readonly pending = new Set<string>();
  private isAllPending = false;
  private isFlushPlanned = false;
  private distrustUntil = 0;
  private failures = 0;

  constructor(options: Options) {
    this.options = options;
    options.redis.onUp(() => this.tellAgain());
  }

  get errors(): number {
    return this.failures;
  }

  /** Whether Redis may hold what was changed in this process. */
  get isUntold(): boolean {
    return this.options.now() < this.distrustUntil;
  }

  delete(key: string): void {
    if (this.isAllPending) return;
    this.pending.add(key);
    if (this.pending.size > maxPending) this.clear();
    else this.planFlush();
  }

  clear(): void {
    this.isAllPending = true;
    this.pending.clear();
    this.planFlush();
  }

  /** Sends what waits. Before a question on the same connection, so that a process sees its own changes. */
  flush(): void {
    this.isFlushPlanned = false;
    if (!this.isAllPending && this.pending.size === 0) return;
    const told = this.isAllPending ? this.tellAll() : this.tell([...this.pending]);
    this.isAllPending = false;
    this.pending.clear();
    told.catch(() => this.distrust());
  }

  private planFlush(): void {
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    setImmediate(() => this.flush());
  }

  private async tell(forgotten: readonly string[]): Promise<void> {
    const { redis, keys, memoryMs } = this.options;
    const isTold = await redis.write((pipeline) => {
      for (const key of forgotten) {
        pipeline.set(keys.mark(key), randomBytes(markBytes), 'PX', memoryMs);
        pipeline.del(keys.entry(key));
      }
    });
    // A full Redis takes no new mark, and still deletes: with its generation all of a cache goes.
    if (!isTold) await this.tellAll();
  }

  private async tellAll(): Promise<void> {
    const { redis, keys } = this.options;
    if (!(await redis.erase(keys.generation))) this.distrust();
  }

  /**
   * Redis may go on holding what was changed. This process asks it nothing until all that can be there
   * has ended; others may be answered with it until then, which is no longer than any entry lives.
   */
  private distrust(): void {
    this.failures += 1;
    this.distrustUntil = this.options.now() + this.options.memoryMs;
  }

  /** What could not be told while Redis was away is told now, for the others' sake. */
  private tellAgain(): void {
    if (this.isUntold) this.clear();
  }
}

type Job = { readonly key: string; readonly work: () => Promise<void> };

const maxWaiting = 2000;

/** Runs so many jobs at once, the rest in turn, and none twice at a time. Jobs must not throw. */
export class WorkPool {
  private readonly keys = new Set<string>();
  private readonly waiting: Job[] = [];
  private active = 0;
  private onIdle: (() => void) | undefined;

  constructor(private readonly concurrency: number) {}

  /** A job whose key is under way or waiting already is dropped. */
  add(key: string, work: () => Promise<void>): void {
    if (this.keys.has(key) || this.waiting.length >= maxWaiting) return;
    this.keys.add(key);
    this.waiting.push({ key, work });
    this.next();
  }

  /** How many more could begin soon. */
  room(): number {
    return Math.max(0, 2 * this.concurrency - this.waiting.length);
  }

  async drain(): Promise<void> {
    if (this.active === 0 && this.waiting.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.onIdle = resolve;
    await promise;
  }

  private next(): void {
    while (this.active < this.concurrency) {
      const job = this.waiting.shift();
      if (!job) break;
      this.active += 1;
      void job.work().finally(() => {
        this.active -= 1;
        this.keys.delete(job.key);
        this.next();
      });
    }
    if (this.active === 0) this.onIdle?.();
  }
}

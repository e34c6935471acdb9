export class CircuitOpen extends Error {}

type BreakerOptions = {
  /** So many failures in a row open it. */
  readonly failures?: number;
  /** Then one call is let through after so long. */
  readonly pauseMs?: number;
  readonly now?: () => number;
};

/**
 * Stops calling what does not answer, so that nobody waits for a time-out that is certain. After a
 * pause one call at a time tries whether it is back.
 */
export class CircuitBreaker {
  private readonly failures: number;
  private readonly pauseMs: number;
  private readonly now: () => number;
  private inARow = 0;
  private retryAt = 0;

  constructor({ failures = 8, pauseMs = 2000, now = Date.now }: BreakerOptions = {}) {
    this.failures = failures;
    this.pauseMs = pauseMs;
    this.now = now;
  }

  isOpen(): boolean {
    return this.inARow >= this.failures && this.now() < this.retryAt;
  }

  /** `isFailure` tells which errors say that the other side is not well. */
  async run<T>(work: () => Promise<T>, isFailure: (error: unknown) => boolean): Promise<T> {
    if (this.isOpen()) throw new CircuitOpen('the provider has not been answering');
    // Whoever comes next in the pause is turned away, until this call has shown how things are.
    if (this.inARow >= this.failures) this.retryAt = this.now() + this.pauseMs;
    try {
      const result = await work();
      this.inARow = 0;
      return result;
    } catch (error) {
      if (!isFailure(error)) {
        this.inARow = 0;
        throw error;
      }
      this.inARow += 1;
      this.retryAt = this.now() + this.pauseMs;
      throw error;
    }
  }
}

import { setTimeout as wait } from 'node:timers/promises';

/** A sleep that can be cut short, and that remembers a wake-up which came while nobody slept. */
export class Pause {
  private isWoken = false;
  private resolve: (() => void) | undefined;

  wake(): void {
    this.isWoken = true;
    this.resolve?.();
  }

  /** Once woken, it sleeps for `gatherMs` more; wake-ups of that time are then answered as well. */
  async sleep(ms: number, { gatherMs = 0 } = {}): Promise<void> {
    if (!this.isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.resolve = undefined;
    if (this.isWoken && gatherMs > 0) await wait(gatherMs);
    this.isWoken = false;
  }
}

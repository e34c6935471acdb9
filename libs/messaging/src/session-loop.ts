import type { Logger } from '@hemline/telemetry';
import { Pause } from './pause.ts';

/** What is away comes back unannounced, and every copy grows older until this is over. */
const maxBackoffMs = 1500;

type LoopOptions = {
  readonly logger: Logger;
  /** Said once for a row of failures. */
  readonly complaint: string;
  /** Works until `loop.isRunning` is false, or throws; `onSuccess` ends a row of failures. */
  readonly session: (onSuccess: () => void) => Promise<void>;
};

/** Keeps one session going: whatever ends it begins another, ever more slowly while that fails. */
export class SessionLoop {
  readonly pause = new Pause();
  isRunning = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: LoopOptions) {}

  start(): void {
    this.isRunning = true;
    this.running = this.run();
  }

  /** Resolves once the session in hand has ended. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.pause.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const { logger, complaint, session } = this.options;
    let failures = 0;
    while (this.isRunning) {
      try {
        await session(() => (failures = 0));
      } catch (err) {
        failures += 1;
        if (failures === 1) logger.warn({ err }, complaint);
        const backoffMs = Math.min(maxBackoffMs, 100 * 2 ** failures);
        await this.pause.sleep(backoffMs * (0.5 + Math.random() / 2));
      }
    }
  }
}

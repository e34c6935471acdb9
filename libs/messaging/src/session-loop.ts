import type { Logger } from '@hemline/telemetry';
import { Pause } from './pause.ts';

/** What is away comes back unannounced, and every copy grows older until this is over. */
const maxBackoffMs = 1500;
/** A row of failures that always finds another reason is not followed in all of them. */
const maxReasons = 5;

type LoopOptions = {
  readonly logger: Logger;
  /** Said for each new reason in a row of failures. */
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
    const reasons = new Set<string>();
    const end = (): void => {
      failures = 0;
      reasons.clear();
    };
    while (this.isRunning) {
      try {
        await session(end);
      } catch (err) {
        failures += 1;
        const reason = String(err);
        if (!reasons.has(reason) && reasons.size < maxReasons) {
          reasons.add(reason);
          logger.warn({ err }, complaint);
        }
        const backoffMs = Math.min(maxBackoffMs, 100 * 2 ** failures);
        await this.pause.sleep(backoffMs * (0.5 + Math.random() / 2));
      }
    }
  }
}

import type { Logger } from '@hemline/telemetry';

const hourMs = 3_600_000;

/**
 * Does chores once an hour, the first time after a random part of one, so that the instances of an app
 * do not do them together. Keeps no process alive; a chore that failed is tried again an hour later.
 */
export const hourly = (name: string, logger: Logger, chore: () => Promise<void>): (() => void) => {
  const again = (): void => {
    chore()
      .catch((err: unknown) => logger.warn({ err }, `${name} failed`))
      .finally(() => schedule(hourMs));
  };
  let timer: NodeJS.Timeout;
  let isStopped = false;
  const schedule = (ms: number): void => {
    if (!isStopped) timer = setTimeout(again, ms).unref();
  };
  schedule(Math.random() * hourMs);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionLost, isRetryable } from './errors.ts';

const maxAttempts = 5;

/** Does the whole of `work` again while its failure is worth that, five times at most, with jitter. */
export const repeatWhile = async <T>(
  isWorthAgain: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isWorthAgain(error) || attempt >= maxAttempts) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
};

/**
 * Runs a transaction that is one statement, again if it failed on a lock, and also if the connection
 * was lost before its answer: right only for a statement whose unique keys make a second time
 * harmless, as it may have been committed. (`Database.transaction` does the same for longer ones.)
 */
export const repeatable = <T>(statement: () => Promise<T>): Promise<T> =>
  repeatWhile((error) => isRetryable(error) || isConnectionLost(error), statement);

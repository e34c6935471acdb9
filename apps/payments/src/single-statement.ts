import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionLost } from '@hemline/postgres';

const maxTries = 5;

const isLockFailure = (error: unknown): boolean =>
  ['40001', '40P01', '55P03'].includes((error as { code?: string }).code ?? '');

/**
 * Runs a transaction that is one statement, again if it failed on a lock, and also if the connection
 * was lost before its answer: right only for a statement whose unique keys make a second time
 * harmless, as it may have been committed. (`Database.transaction` does the same for longer ones.)
 */
export const repeatable = async <T>(statement: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await statement();
    } catch (error) {
      const again = isLockFailure(error) || isConnectionLost(error);
      if (!again || tries >= maxTries) throw error;
      await sleep(Math.random() * 10 * 2 ** tries);
    }
  }
};

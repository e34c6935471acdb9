import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again until `check` passes; after `ms` its last complaint is the test's. */
export const eventually = async (check: () => void | Promise<void>, ms = 20_000): Promise<void> => {
  const end = Date.now() + ms;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(20);
    }
  }
};

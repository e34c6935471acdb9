const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/**
 * How long to wait before a process that has died `deaths` times in a row is started again:
 * doubling, up to ten seconds. Between half and all of it, at random, so that services that fell
 * together do not rise together and fall again.
 */
export function restartDelay(deaths: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(deaths - 1, 16));
  return Math.round(whole * (0.5 + random() / 2));
}

/** A process that lived this long was well; its next death is the first one again. */
export const WELL_AFTER_MS = 30_000;

/** From this many deaths in a row on, it is a crash loop and is said aloud, once. */
export const LOOP_AFTER_DEATHS = 3;

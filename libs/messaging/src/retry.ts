/** Tries of one event before it is a dead letter, and the longest that its partition waits for it. */
export const maxAttempts = 6;

/** Milliseconds before the next try: 50 ms doubling to 5 s at most, with jitter. */
export const backoffMs = (attempt: number, random: () => number = Math.random): number =>
  Math.min(5000, 50 * 2 ** attempt) * (0.5 + random() / 2);

import { createLogger } from '@hemline/telemetry';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../postgres/test/eventually.ts';
import { SessionLoop } from './session-loop.ts';

/** What is said of sessions that fail with these reasons; '' is one that worked before it ended. */
const complaintsAbout = async (reasons: readonly string[]): Promise<string[]> => {
  const said: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'warn',
    destination: {
      write: (line) => said.push((JSON.parse(line) as { err: { message: string } }).err.message),
    },
  });
  let next = 0;
  const loop = new SessionLoop({
    logger,
    complaint: 'it ended',
    session: async (onSuccess) => {
      const reason = reasons[next];
      next += 1;
      if (reason === '') onSuccess();
      else if (reason === undefined) await loop.pause.sleep(60_000);
      else throw new Error(reason);
    },
  });
  loop.start();
  const waking = setInterval(() => next < reasons.length && loop.pause.wake(), 1);
  await eventually(() => expect(next).toBeGreaterThan(reasons.length), 4000);
  clearInterval(waking);
  await loop.stop();
  return said;
};

describe('a session that is kept going', () => {
  it('says once why it fails, and again once it had worked', async () => {
    expect(await complaintsAbout(['away', 'away', 'away', '', 'away', 'away'])).toEqual([
      'away',
      'away',
    ]);
  });

  it('says what else turns out to be wrong', async () => {
    expect(await complaintsAbout(['away', 'away', 'no topic', 'away', 'no topic'])).toEqual([
      'away',
      'no topic',
    ]);
  });

  it('does not go on for ever about what is wrong in ever new ways', async () => {
    const ways = Array.from({ length: 20 }, (_, n) => `wrong ${n}`);
    expect(await complaintsAbout(ways)).toHaveLength(5);
  });
});

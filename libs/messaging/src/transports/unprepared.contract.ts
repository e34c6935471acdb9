import { describe, expect, it } from '@jest/globals';
import type { UnpreparedEngine } from '../../test/engine.ts';
import { eventually, message, numberOf, topic, useEngine } from './setup.contract.ts';
import { TopicMismatch } from './transport.ts';

/** A log whose topic is missing, or has other partitions than are declared. */
export const describeUnprepared = (name: string, start: () => Promise<UnpreparedEngine>): void => {
  describe(`${name} with a topic that is not as declared`, () => {
    let engine: UnpreparedEngine;
    const bench = useEngine(async () => (engine = await start()));

    it('takes nothing, says what is wrong, and loses and skips nothing until it is repaired', async () => {
      const transport = bench.connect();
      const { received, member } = bench.collect();
      const publishing = transport.publish([message('a', 0)]);
      await expect(publishing).rejects.toThrow(TopicMismatch);
      await expect(transport.publish([message('a', 0)])).rejects.toThrow(topic);
      await expect(transport.ping()).rejects.toThrow(topic);
      await expect(member.ping()).rejects.toThrow();
      await engine.repair();
      await transport.publish([message('a', 0), message('a', 1)]);
      await eventually(() => expect(received.map(numberOf)).toEqual([0, 1]));
      await eventually(() => member.ping());
    });
  });
};

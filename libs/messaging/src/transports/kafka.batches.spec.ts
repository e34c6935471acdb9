import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@hemline/telemetry';
import { Batches, NotHandled, type Payload } from './kafka.batches.ts';
import type { ReceivedMessage } from './transport.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

type Commit = { readonly partition: number; readonly offset: string };

/** The library's side: batches of single partitions, and what was committed and resolved. */
const scene = (onBatch: (batch: readonly ReceivedMessage[]) => Promise<void>, maxBatch = 10) => {
  const commits: Commit[][] = [];
  const state = { isRunning: true, commit: async (): Promise<void> => {} };
  const batches = new Batches({
    maxBatch,
    onBatch,
    logger,
    prefix: 'test.',
    heartbeatMs: 10,
    onHandled: () => {},
  });
  const payload = (partition: number, count: number, more: Partial<Payload> = {}): Payload => ({
    batch: {
      topic: 'test.payments.stock',
      partition,
      messages: Array.from({ length: count }, (_, n) => ({
        key: Buffer.from(`key-${partition}`),
        value: Buffer.from(`${partition}.${n}`),
        offset: String(100 + n),
        timestamp: '0',
        attributes: 0,
        headers: {},
      })),
    },
    resolveOffset: () => {},
    heartbeat: async () => {},
    isRunning: () => state.isRunning,
    isStale: () => false,
    commitOffsetsIfNecessary: async (offsets) => {
      await state.commit();
      const partitions = offsets?.topics.flatMap((topic) => topic.partitions) ?? [];
      commits.push(partitions.map(({ partition: p, offset }) => ({ partition: p, offset })));
    },
    ...more,
  });
  return { batches, payload, commits, state };
};

const valuesOf = (batch: readonly ReceivedMessage[]): string[] => batch.map(({ value }) => value);

describe('batches of several partitions', () => {
  it('become one, with one commit', async () => {
    const seen: string[][] = [];
    const { batches, payload, commits } = scene(async (batch) => void seen.push(valuesOf(batch)));
    await Promise.all([batches.take(payload(0, 2)), batches.take(payload(3, 1))]);
    expect(seen).toEqual([['0.0', '0.1', '3.0']]);
    expect(commits).toEqual([
      [
        { partition: 0, offset: '102' },
        { partition: 3, offset: '101' },
      ],
    ]);
  });

  it('are no larger than asked for, and give a quiet partition its turn', async () => {
    const seen: string[][] = [];
    const { batches, payload } = scene(async (batch) => void seen.push(valuesOf(batch)), 4);
    await Promise.all([batches.take(payload(0, 7)), batches.take(payload(1, 1))]);
    expect(seen.map(({ length }) => length)).toEqual([4, 4]);
    expect(seen[0]).toContain('1.0');
    expect(seen.flat().filter((value) => value.startsWith('0'))).toEqual(
      Array.from({ length: 7 }, (_, n) => `0.${n}`),
    );
  });

  it('come again whole until they are handled, and only then are committed', async () => {
    const seen: string[][] = [];
    const { batches, payload, commits } = scene(async (batch) => {
      seen.push(valuesOf(batch));
      if (seen.length < 3) throw new SyntaxError('not yet');
    });
    await Promise.all([batches.take(payload(0, 2)), batches.take(payload(1, 1))]);
    expect(seen).toEqual(Array.from({ length: 3 }, () => ['0.0', '0.1', '1.0']));
    expect(commits).toHaveLength(1);
  });

  it('are committed once the broker is back', async () => {
    const { batches, payload, commits, state } = scene(async () => {});
    let failures = 2;
    state.commit = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('no broker');
    };
    await batches.take(payload(0, 1));
    expect(commits).toEqual([[{ partition: 0, offset: '101' }]]);
  });

  it('are finished and committed, and the rest left, when the group divides anew', async () => {
    const gate = Promise.withResolvers<void>();
    const { batches, payload, commits } = scene(() => gate.promise, 1);
    const rebalance = Object.assign(new Error('again'), { type: 'REBALANCE_IN_PROGRESS' });
    const taken = batches.take(payload(0, 5, { heartbeat: () => Promise.reject(rebalance) }));
    await sleep(50);
    gate.resolve();
    await expect(taken).rejects.toBe(rebalance);
    expect(commits).toEqual([[{ partition: 0, offset: '101' }]]);
  });

  it('are handled after a bad word about those before them, however late it came', async () => {
    const late = Promise.withResolvers<void>();
    const gone = Object.assign(new Error('gone'), { type: 'UNKNOWN_MEMBER_ID' });
    const { batches, payload, commits, state } = scene(() => sleep(30));
    state.commit = () => Promise.reject(gone);
    const first = batches.take(payload(0, 1, { heartbeat: () => late.promise }));
    await expect(first).rejects.toBe(gone);
    state.commit = async () => {};
    late.reject(gone);
    await batches.take(payload(0, 1));
    expect(commits).toEqual([[{ partition: 0, offset: '101' }]]);
  });

  it('are finished and committed when the reader closes', async () => {
    const gate = Promise.withResolvers<void>();
    const { batches, payload, commits } = scene(() => gate.promise, 1);
    const taken = batches.take(payload(0, 5));
    await sleep(20);
    batches.stop();
    gate.resolve();
    await taken;
    await batches.whenIdle();
    expect(commits).toHaveLength(1);
  });

  it('wait while the reader is paused, and are heard of all the same', async () => {
    const seen: string[] = [];
    let beats = 0;
    const { batches, payload } = scene(async (batch) => void seen.push(...valuesOf(batch)));
    batches.setPaused(true);
    const taken = batches.take(payload(0, 1, { heartbeat: async () => void (beats += 1) }));
    await sleep(60);
    expect(seen).toEqual([]);
    expect(beats).toBeGreaterThan(1);
    batches.setPaused(false);
    await taken;
    expect(seen).toEqual(['0.0']);
  });

  it('fail by an error of ours, whatever was thrown', async () => {
    const { batches, payload, state } = scene(async () => {});
    state.commit = async () => {
      batches.stop();
      throw new SyntaxError('bare');
    };
    await expect(batches.take(payload(0, 1))).rejects.toBeInstanceOf(NotHandled);
  });
});

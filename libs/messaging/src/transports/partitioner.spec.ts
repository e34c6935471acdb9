import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { partitionOf } from './partitioner.ts';

describe('the partitioner', () => {
  // Values of Kafka's own UtilsTest.testMurmur2, made positive and taken modulo a million.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('puts %s where Kafka puts it', (key, murmur2) => {
    expect(partitionOf(key, 1_000_000)).toBe((murmur2 & 0x7fffffff) % 1_000_000);
  });

  it('gives a key one partition, within bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition).toBe(partitionOf(key, partitions));
        expect(partition >= 0 && partition < partitions).toBe(true);
      }),
    );
  });

  it('puts every key where the library for Kafka puts it', () => {
    const place = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), (key, n) => {
        const partitionMetadata = Array.from({ length: n }, (_, partitionId) => ({
          partitionId,
          leader: 1,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        }));
        const message = { key, value: '' };
        expect(place({ topic: 'payments.stock', partitionMetadata, message })).toBe(
          partitionOf(key, n),
        );
      }),
    );
  });
});

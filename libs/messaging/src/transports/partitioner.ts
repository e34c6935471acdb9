/** Murmur2 as Kafka's Java client has it (org.apache.kafka.common.utils.Utils.murmur2). */
const murmur2 = (data: Buffer): number => {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  let i = 0;
  for (; i + 4 <= data.length; i += 4) {
    let k = Math.imul(data.readInt32LE(i), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const left = data.length - i;
  if (left >= 3) h ^= (data[i + 2] ?? 0) << 16;
  if (left >= 2) h ^= (data[i + 1] ?? 0) << 8;
  if (left >= 1) h = Math.imul(h ^ (data[i] ?? 0), m);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
};

/** The partition of a key: the same as Kafka's default partitioner gives it. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;

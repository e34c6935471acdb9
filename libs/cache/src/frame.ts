import { crc32 } from 'node:zlib';

/**
 * What is kept in Redis for a value: when its load began, under which marks, and its bytes.
 *
 * Redis is shared, and may hold anything: another program's bytes, half a value, one of another key.
 * The checksum is over the key too, so that what was not written here for this key is not read as if
 * it had been. It finds accidents; who may write to Redis on purpose may write what is shown.
 */
export type Frame = {
  readonly loadedAt: number;
  /** What all entries of the cache had in common when the load began; another one after `clear`. */
  readonly generation: Buffer;
  /** What the key was marked with when the load began; another one after `delete`. */
  readonly mark: Buffer;
  readonly payload: Buffer;
};

export const markBytes = 16;
/** Of a key that was not forgotten lately. */
export const noMark = Buffer.alloc(markBytes);

const magic = 0x48_4d_43_31; // "HMC1": another layout takes another number
const checksumAt = 4;
const loadedAtAt = 8;
const generationAt = 16;
const markAt = generationAt + markBytes;
export const headerBytes = markAt + markBytes;

export const toFrame = (key: string, { loadedAt, generation, mark, payload }: Frame): Buffer => {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(magic);
  header.writeDoubleBE(loadedAt, loadedAtAt);
  generation.copy(header, generationAt);
  mark.copy(header, markAt);
  const bytes = Buffer.concat([header, payload]);
  bytes.writeUInt32BE(checksumOf(key, bytes), checksumAt);
  return bytes;
};

/** Undefined where the bytes are not a whole frame that was made for this key. */
export const readFrame = (key: string, bytes: Buffer): Frame | undefined => {
  if (bytes.length < headerBytes || bytes.readUInt32BE() !== magic) return undefined;
  if (bytes.readUInt32BE(checksumAt) !== checksumOf(key, bytes)) return undefined;
  return {
    loadedAt: bytes.readDoubleBE(loadedAtAt),
    generation: bytes.subarray(generationAt, markAt),
    mark: bytes.subarray(markAt, headerBytes),
    // A copy: the reply is a window on all that the socket read, which would be kept as long as this.
    payload: Buffer.from(bytes.subarray(headerBytes)),
  };
};

const checksumOf = (key: string, bytes: Buffer): number =>
  crc32(bytes.subarray(loadedAtAt), crc32(key));

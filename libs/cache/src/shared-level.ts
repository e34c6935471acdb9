import { randomBytes } from 'node:crypto';
import { Forgotten, type Keys } from './forgotten.ts';
import { headerBytes, markBytes, noMark, readFrame, toFrame } from './frame.ts';
import type { RedisLink } from './redis-link.ts';

export type Shared<Value> = {
  readonly redis: RedisLink;
  /** Names what the bytes say. Entries of another format are not seen, but are forgotten with these. */
  readonly format: string;
  readonly encode: (value: Value) => Buffer;
  /** Undefined, or an error, where the bytes do not say a value. */
  readonly decode: (bytes: Buffer) => Value | undefined;
};

export type SharedStats = {
  readonly hits: number;
  readonly misses: number;
  /** What was there was not written by us for this key. */
  readonly garbage: number;
  /** Asked without an answer, or refused. */
  readonly errors: number;
  /** Not asked, as Redis was lost, or as it may not have heard of a change. */
  readonly skipped: number;
};

/** What a key and its cache were marked with before a load. */
type Marks = { readonly generation: Buffer; readonly mark: Buffer };
type Found<Value> = {
  readonly entry?: { readonly value: Value; readonly loadedAt: number };
  /** Absent where what is loaded now must not be written. */
  readonly marks?: Marks;
};
type Options<Value> = Shared<Value> & {
  readonly name: string;
  /** After this an entry is answered no more. */
  readonly lifeMs: number;
  readonly now: () => number;
};

/**
 * Entries carry the time at which their load began by the clock of the machine that loaded them. Clocks
 * are taken to agree to within this, as those that follow NTP do many times over; entries are used for
 * this much less, and one from further ahead is not used.
 */
export const skewMs = 100;
/** Larger ones are neither written nor carried here. */
const maxEntryBytes = 1024 * 1024;
const generationMs = 24 * 3_600_000;

/**
 * One cache's entries in Redis. An entry counts only under the marks that its cache (the generation)
 * and its key had before its load began. Forgetting changes a mark, so a load that began before a change
 * and is written after it, by whichever process, is written under a mark that is no longer the one.
 * Marks are random, so that one never comes back, as a counter would after Redis was emptied.
 */
export class SharedLevel<Value> {
  private readonly counts = { hits: 0, misses: 0, garbage: 0, errors: 0, skipped: 0 };
  private readonly options: Options<Value>;
  private readonly keys: Keys;
  private readonly forgotten: Forgotten;
  private readonly memoryMs: number;

  constructor(options: Options<Value>) {
    const { redis, name, format, lifeMs, now } = options;
    const prefix = `${redis.prefix}:${name}`;
    this.options = options;
    this.memoryMs = Math.ceil(lifeMs + skewMs);
    this.keys = {
      generation: `${prefix}:generation`,
      mark: (key) => `${prefix}:mark:${key}`,
      entry: (key) => `${prefix}:entry:${format}:${key}`,
    };
    this.forgotten = new Forgotten({ redis, keys: this.keys, memoryMs: this.memoryMs, now });
  }

  /** Never rejects: what Redis cannot say is loaded. */
  async find(key: string): Promise<Found<Value>> {
    const { redis } = this.options;
    if (!redis.isUp || this.forgotten.isUntold) {
      this.counts.skipped += 1;
      return {};
    }
    this.forgotten.flush();
    const keys = [this.keys.generation, this.keys.mark(key), this.keys.entry(key)];
    try {
      return this.judge(key, await redis.read(keys, headerBytes + maxEntryBytes));
    } catch {
      this.counts.errors += 1;
      return {};
    }
  }

  /** Nobody waits for it. The marks are those that were found before the load. */
  put(key: string, value: Value, written: Marks & { readonly loadedAt: number }): void {
    if (this.options.redis.takesValues) this.attempt(this.write(key, value, written));
  }

  delete(key: string): void {
    this.forgotten.delete(key);
  }

  clear(): void {
    this.forgotten.clear();
  }

  stats(): SharedStats {
    return { ...this.counts, errors: this.counts.errors + this.forgotten.errors };
  }

  private judge(key: string, [generation, mark, bytes]: (Buffer | Error)[]): Found<Value> {
    if (isRefusal(generation) || isRefusal(mark) || isRefusal(bytes)) {
      this.counts.errors += 1;
      return {};
    }
    // Without a generation nothing is written either: what is loaded now may be older than a change
    // that was told before the new one is there.
    if (!isMark(generation)) {
      this.counts.misses += 1;
      this.setMark(this.keys.generation, generationMs);
      return {};
    }
    if (!isMark(mark) && !isEmpty(mark)) {
      this.counts.garbage += 1;
      this.setMark(this.keys.mark(key), this.memoryMs);
      return {};
    }
    const marks = { generation, mark: isMark(mark) ? mark : noMark };
    const entry = this.toEntry(key, bytes, marks);
    return { marks, ...(entry && { entry }) };
  }

  private toEntry(
    key: string,
    bytes: Buffer | Error | undefined,
    marks: Marks,
  ): Found<Value>['entry'] {
    if (isEmpty(bytes)) {
      this.counts.misses += 1;
      return undefined;
    }
    const frame =
      bytes instanceof Error || !bytes ? undefined : readFrame(this.keys.entry(key), bytes);
    const value = frame && this.decode(frame.payload);
    if (!frame || value === undefined) {
      this.counts.garbage += 1;
      return undefined;
    }
    const { loadedAt, generation, mark } = frame;
    const { lifeMs, now } = this.options;
    const age = now() - loadedAt;
    const isCurrent = generation.equals(marks.generation) && mark.equals(marks.mark);
    if (!isCurrent || !(age >= -skewMs) || age >= lifeMs - skewMs) {
      this.counts.misses += 1;
      return undefined;
    }
    this.counts.hits += 1;
    return { value, loadedAt };
  }

  private decode(payload: Buffer): Value | undefined {
    try {
      return this.options.decode(payload);
    } catch {
      return undefined;
    }
  }

  private async write(
    key: string,
    value: Value,
    written: Marks & { readonly loadedAt: number },
  ): Promise<boolean> {
    const { redis, lifeMs, encode } = this.options;
    const payload = encode(value);
    if (payload.length > maxEntryBytes) return true;
    const entryKey = this.keys.entry(key);
    const bytes = toFrame(entryKey, { ...written, payload });
    // A time and not a span: a Redis that was paused may read this long after it was sent.
    const until = Math.floor(written.loadedAt + lifeMs);
    return redis.write((pipeline) => pipeline.set(entryKey, bytes, 'PXAT', until));
  }

  private setMark(key: string, lifeMs: number): void {
    const { redis } = this.options;
    if (!redis.takesValues) return;
    const mark = randomBytes(markBytes);
    this.attempt(redis.write((pipeline) => pipeline.set(key, mark, 'PX', lifeMs)));
  }

  private attempt(write: Promise<boolean>): void {
    write.then(
      (isTaken) => (this.counts.errors += isTaken ? 0 : 1),
      () => (this.counts.errors += 1),
    );
  }
}

const isMark = (reply: Buffer | Error | undefined): reply is Buffer =>
  Buffer.isBuffer(reply) && reply.length === markBytes;
const isEmpty = (reply: Buffer | Error | undefined): boolean =>
  Buffer.isBuffer(reply) && reply.length === 0;
/** A key that holds a list or a set is garbage, and is written over; any other error is Redis saying no. */
const isRefusal = (reply: Buffer | Error | undefined): boolean =>
  reply === undefined || (reply instanceof Error && !reply.message.startsWith('WRONGTYPE'));

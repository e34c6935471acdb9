import type { FileHandle } from 'node:fs/promises';
import { type OpenedFile, openJournalFile, readLines } from './journal-file.ts';
import type { JournalRecord, Position } from './record.ts';

/** Records just written are read again soon (webhooks, replays): this many stay in memory. */
const recentRecords = 1000;
/** How long a record that nobody waits for may stay in memory, in milliseconds. */
const idleFlushMs = 500;

type Batch = {
  readonly lines: Buffer[];
  readonly written: PromiseWithResolvers<void>;
};

const newBatch = (): Batch => {
  const written = Promise.withResolvers<void>();
  // Who waits hears of a failure; that nobody waits is no reason to end the process.
  written.promise.catch(() => undefined);
  return { lines: [], written };
};

/**
 * An append-only file of JSON lines. Everything appended while the disk is busy goes out as one write
 * and one fdatasync (group commit), so a hundred requests at once pay for about as many as one.
 *
 * After a write that failed nothing is known of the file's end, so nothing more is taken: the process
 * has to be started again, and reads back what is really there.
 */
export class Journal {
  private readonly file: FileHandle;
  private readonly recent = new Map<number, JournalRecord>();
  private end: number;
  private durableEnd: number;
  private waiting = newBatch();
  private writing: Batch | undefined;
  private idleTimer: NodeJS.Timeout | undefined;
  private failure: Error | undefined;
  readonly torn: number;

  private constructor({ file, end, torn }: OpenedFile) {
    this.file = file;
    this.end = end;
    this.durableEnd = end;
    this.torn = torn;
  }

  static async open(
    path: string,
    visit: (record: JournalRecord, position: Position) => void,
  ): Promise<Journal> {
    return new Journal(await openJournalFile(path, visit));
  }

  /** Throws if the file cannot be relied on any more. */
  check(): void {
    if (this.failure) {
      throw new Error(`the journal cannot be written: ${this.failure.message}`, {
        cause: this.failure,
      });
    }
  }

  /** The record's place is known at once; it is on disk when `durable` resolves. */
  append(record: JournalRecord): { readonly position: Position; readonly durable: Promise<void> } {
    const position = this.enqueue(record);
    const durable = this.waiting.written.promise;
    this.flush();
    return { position, durable };
  }

  /** For what may be lost in a crash: it goes out with the next batch. */
  appendLater(record: JournalRecord): void {
    this.enqueue(record);
    this.idleTimer ??= setTimeout(() => this.flush(), idleFlushMs).unref();
  }

  /** Resolves when everything appended so far is on disk: no reply may tell of more than that. */
  async settled(): Promise<void> {
    this.check();
    if (this.waiting.lines.length > 0) {
      // Flushing begins a new batch at once, so the promise is taken first.
      const { promise } = this.waiting.written;
      this.flush();
      return promise;
    }
    return this.writing?.written.promise;
  }

  async read(position: Position): Promise<JournalRecord> {
    const recent = this.recent.get(position.offset);
    if (recent) return recent;
    const bytes = Buffer.allocUnsafe(position.length);
    await this.file.read(bytes, 0, position.length, position.offset);
    return JSON.parse(bytes.toString('utf8')) as JournalRecord;
  }

  /** Every record on disk at this moment, in order, without holding more than a piece of the file. */
  async *records(): AsyncGenerator<JournalRecord> {
    for await (const { bytes } of readLines(this.file, this.durableEnd)) {
      yield JSON.parse(bytes.toString('utf8')) as JournalRecord;
    }
  }

  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    await this.file.close();
  }

  private enqueue(record: JournalRecord): Position {
    this.check();
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const position = { offset: this.end, length: line.length };
    this.end += line.length;
    this.waiting.lines.push(line);
    if (record.type === 'commit') this.remember(position.offset, record);
    return position;
  }

  private remember(offset: number, record: JournalRecord): void {
    this.recent.set(offset, record);
    if (this.recent.size <= recentRecords) return;
    const [oldest] = this.recent.keys();
    // A record that is not on disk yet can be read from memory alone.
    if (oldest !== undefined && oldest < this.durableEnd) this.recent.delete(oldest);
  }

  private flush(): void {
    clearTimeout(this.idleTimer);
    this.idleTimer = undefined;
    if (!this.writing) void this.writeAll();
  }

  /** Nothing waits between the last look at what is left and the end, so no line can be overlooked. */
  private async writeAll(): Promise<void> {
    while (this.waiting.lines.length > 0 && !this.failure) {
      const batch = this.waiting;
      this.waiting = newBatch();
      this.writing = batch;
      try {
        const bytes = Buffer.concat(batch.lines);
        await this.file.appendFile(bytes);
        await this.file.datasync();
        this.durableEnd += bytes.length;
        batch.written.resolve();
      } catch (error) {
        this.failure = error as Error;
        batch.written.reject(error);
        this.waiting.written.reject(error);
      }
    }
    this.writing = undefined;
  }
}

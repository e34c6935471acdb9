import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';

const LARGEST = 20 * 1024 * 1024;
const REOPEN_AFTER_MS = 5_000;
/** Lines of so long are written together: a write each was most of the launcher's work under load. */
const GATHER_MS = 100;

/**
 * A file of log lines. At 20 MB it is set aside as `.1`, in place of the one before, so that a shop
 * left running for months does not fill the disk. Losing lines is better than losing the shop: when
 * they cannot be written, as on a full disk, that is said once, and tried again after a while.
 */
export class LogFile {
  readonly path: string;
  private readonly onFault: (error: Error) => void;
  private stream: WriteStream | undefined;
  private size = 0;
  private failedAt = -Infinity;
  private isFaulty = false;

  constructor(path: string, onFault: (error: Error) => void) {
    this.path = path;
    this.onFault = onFault;
  }

  write(line: string): void {
    if (!this.stream && performance.now() - this.failedAt < REOPEN_AFTER_MS) return;
    if (this.size > LARGEST) this.setAside();
    const stream = (this.stream ??= this.open());
    // A disk slower than the service: a bounded backlog, then lines are dropped.
    if (stream.writableLength > LARGEST) return;
    this.size += Buffer.byteLength(line) + 1;
    if (stream.writableCorked === 0) {
      stream.cork();
      setTimeout(() => stream.uncork(), GATHER_MS).unref();
    }
    stream.write(`${line}\n`, (error) => {
      if (!error) this.isFaulty = false;
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.stream || this.stream.destroyed) return resolve();
      this.stream.once('close', resolve);
      this.stream.end();
    });
  }

  private setAside(): void {
    this.stream?.end();
    this.stream = undefined;
    try {
      renameSync(this.path, `${this.path}.1`);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private open(): WriteStream {
    this.size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    stream.on('error', (error) => this.fail(error));
    return stream;
  }

  private fail(error: Error): void {
    this.stream = undefined;
    this.failedAt = performance.now();
    if (!this.isFaulty) this.onFault(error);
    this.isFaulty = true;
  }
}

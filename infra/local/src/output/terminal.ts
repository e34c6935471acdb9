import { LastWords } from './last-words.ts';
import { LogFile } from './log-file.ts';
import { Quiet } from './quiet.ts';
import { isWorthShowing, parseRecord, toFileLine, toText, withPrefix } from './record.ts';

/** How often progress is said where it cannot be drawn over. */
const PROGRESS_EVERY_MS = 3_000;

/**
 * Everything that a person sees, and the log files behind it. Services' warnings and errors are
 * shown, and what the launcher has to say; all else is in the files.
 */
export class Terminal {
  private readonly out: NodeJS.WriteStream;
  private readonly logFileOf: (service: string) => string;
  private readonly files = new Map<string, LogFile>();
  private readonly quiet = new Quiet();
  private readonly lastWords = new Map<string, LastWords>();
  private progress = '';
  private progressSaidAt = -Infinity;

  constructor(out: NodeJS.WriteStream, logFileOf: (service: string) => string) {
    this.out = out;
    this.logFileOf = logFileOf;
  }

  /** A line that a service wrote. */
  takeLine(service: string, line: string): void {
    const record = parseRecord(line, service, new Date());
    this.file(record.service).write(toFileLine(line, record));
    this.wordsOf(service).take(record);
    if (!isWorthShowing(record)) return;
    const text = this.quiet.filter(record.service, toText(record), performance.now());
    if (text !== undefined) this.print(withPrefix(record.service, text, this.style));
  }

  lastWordsOf(service: string): string {
    return this.wordsOf(service).toString();
  }

  forgetLastWords(service: string): void {
    this.wordsOf(service).forget();
  }

  /** A line of the launcher's own, about a service or about itself. */
  say(service: string, text: string): void {
    this.print(withPrefix(service, text, this.style));
    const time = new Date().toISOString();
    this.file('launcher').write(
      JSON.stringify({ level: 'info', time, service: 'launcher', about: service, msg: text }),
    );
  }

  /** Drawn over itself on a terminal, said now and then elsewhere. */
  sayProgress(service: string, text: string): void {
    const line = withPrefix(service, text, this.style);
    if (this.out.isTTY) {
      this.clearProgress();
      this.progress = line;
      this.out.write(line);
    } else if (performance.now() - this.progressSaidAt > PROGRESS_EVERY_MS) {
      this.progressSaidAt = performance.now();
      this.out.write(`${line}\n`);
    }
  }

  endProgress(): void {
    this.clearProgress();
    this.progress = '';
  }

  print(line: string): void {
    this.clearProgress();
    this.out.write(`${line}\n${this.progress}`);
  }

  async close(): Promise<void> {
    this.endProgress();
    await Promise.all([...this.files.values()].map((file) => file.close()));
  }

  private get style() {
    const { NO_COLOR, FORCE_COLOR } = process.env;
    return { colour: !NO_COLOR && (this.out.isTTY || Boolean(FORCE_COLOR)) };
  }

  private file(service: string): LogFile {
    let file = this.files.get(service);
    if (!file) {
      file = new LogFile(this.logFileOf(service), (error) =>
        this.print(withPrefix(service, `its log cannot be written: ${error.message}`, this.style)),
      );
      this.files.set(service, file);
    }
    return file;
  }

  private wordsOf(service: string): LastWords {
    const words = this.lastWords.get(service) ?? new LastWords();
    this.lastWords.set(service, words);
    return words;
  }

  private clearProgress(): void {
    if (this.progress && this.out.isTTY) this.out.write('\r\u001B[2K');
  }
}

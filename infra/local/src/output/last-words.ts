import type { LogRecord } from './record.ts';

const KEPT = 60;

/**
 * What a process said before it died, for the one sentence that tells of it: the error of a stack,
 * the list of what is wrong with its environment, or else its last error in the log.
 */
export class LastWords {
  private plain: string[] = [];
  private logged = '';

  take({ isStructured, level, msg }: LogRecord): void {
    if (!isStructured && this.plain.length < KEPT && msg.trim() !== '') this.plain.push(msg);
    if (isStructured && (level === 'error' || level === 'fatal')) this.logged = msg;
  }

  toString(): string {
    const at = this.plain.findIndex((line) => /^\S*Error\b|cannot|refuses|fatal/i.test(line));
    const lines = this.plain.slice(Math.max(at, 0));
    const more = lines.slice(1).findIndex((line) => !line.startsWith('  ') || /^\s+at /.test(line));
    const first = lines.slice(0, more === -1 ? 8 : more + 1).map((line) => line.trim());
    return first.join(' ').slice(0, 300) || this.logged;
  }

  forget(): void {
    this.plain = [];
    this.logged = '';
  }
}

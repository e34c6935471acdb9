/** What a command writes to: the answer to `out`, and what is said on the way to `err`. */
export type Terminal = { readonly out: NodeJS.WriteStream; readonly err: NodeJS.WriteStream };

type Row = readonly (string | number)[];

/** How often progress is said where it cannot be drawn. */
const sayEveryMs = 5000;
/** A column is cut so wide, but for the last one. */
const widest = 48;

const isColoured = (stream: NodeJS.WriteStream): boolean =>
  // oxlint-disable-next-line node/no-process-env -- a convention of terminals, and no setting of ours
  stream.isTTY && !process.env['NO_COLOR'];

export const bold = (text: string, stream: NodeJS.WriteStream): string =>
  isColoured(stream) ? `\u001B[1m${text}\u001B[22m` : text;

export const dim = (text: string, stream: NodeJS.WriteStream): string =>
  isColoured(stream) ? `\u001B[2m${text}\u001B[22m` : text;

const toCells = (row: Row): string[] =>
  row.map((cell, i) => {
    const text = String(cell);
    return i < row.length - 1 && text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
  });

/** Columns as wide as what is in them; numbers stand to the right. */
export const toTable = (head: readonly string[], rows: readonly Row[]): string[] => {
  const lines = [head, ...rows].map(toCells);
  const widths = head.map((_, i) => Math.max(...lines.map((cells) => cells[i]?.length ?? 0)));
  const isNumber = head.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  return lines.map((cells) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

export const printTable = (
  out: NodeJS.WriteStream,
  head: readonly string[],
  rows: readonly Row[],
): void => {
  const [first = '', ...others] = toTable(head, rows);
  out.write(`${[bold(first, out), ...others].join('\n')}\n`);
};

export const printJson = (out: NodeJS.WriteStream, value: unknown): void => {
  out.write(`${JSON.stringify(value)}\n`);
};

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** As a person says it: 3 d, 2 h, 5 min, 12 s. */
export const toAge = (since: Date, now: Date): string => {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1000));
  const [unit, size] = units.find(([, each]) => seconds >= 2 * each) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
};

export const toCount = (n: number): string => n.toLocaleString('en');

export const plural = (n: number, noun: string): string =>
  `${toCount(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Says how far something is: over itself on a terminal, now and then elsewhere. */
export class Progress {
  private saidAt = performance.now();
  private readonly startedAt = performance.now();
  private isDrawn = false;

  constructor(private readonly err: NodeJS.WriteStream) {}

  show(done: number, total: number): void {
    const line = this.toLine(done, total);
    if (this.err.isTTY) {
      this.err.write(`\r\u001B[2K${line}`);
      this.isDrawn = true;
    } else if (performance.now() - this.saidAt > sayEveryMs) {
      this.saidAt = performance.now();
      this.err.write(`${line}\n`);
    }
  }

  end(): void {
    if (this.isDrawn) this.err.write('\r\u001B[2K');
  }

  private toLine(done: number, total: number): string {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const width = 24;
    const bar = '█'.repeat(Math.floor(share * width)).padEnd(width, '░');
    const seconds = Math.max(0.001, (performance.now() - this.startedAt) / 1000);
    const rate = done / seconds;
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    return (
      `${bar} ${Math.floor(share * 100)} % | ${toCount(done)} of ${plural(total, 'event')} | ` +
      `${toCount(Math.round(rate))}/s | ${left} s left`
    );
  }
}

import { type Table, toMarkdown } from './tables.ts';

export type Options = { readonly isLong: boolean; say(line: string): void };

/** What one layer tried, how much of it, and what it found. */
export type Row = {
  readonly layer: string;
  readonly tried: string;
  readonly amount: string;
  readonly violations: number;
  readonly mutants: { readonly caught: number; readonly of: number };
  /** Rows of the failure catalogue that the layer made happen. */
  readonly rowsFired: number;
  readonly cpuSeconds: number;
  /** Nothing was found, all mutants were, and enough was tried. */
  readonly isProven: boolean;
};

export type Result = { readonly row: Row; readonly tables: readonly Table[] };

export type Layer = { readonly name: string; run(options: Options): Promise<Result> };

/** The one table that a doubter reads. */
export const summary = (rows: readonly Row[]): string =>
  toMarkdown(
    [
      'layer',
      'tried',
      'how much',
      'violations',
      'mutants caught',
      'catalogue rows fired',
      'seconds of CPU',
      '',
    ],
    rows.map(({ layer, tried, amount, violations, mutants, rowsFired, cpuSeconds, isProven }) => [
      layer,
      tried,
      amount,
      String(violations),
      `${mutants.caught} of ${mutants.of}`,
      String(rowsFired),
      cpuSeconds.toFixed(1),
      isProven ? 'ok' : 'FAILED',
    ]),
  );

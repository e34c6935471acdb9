import { type Table, toMarkdown } from './tables.ts';

export type Options = { readonly isLong: boolean; say(line: string): void };

/** What one layer tried, how much of it, and what it found. */
export type Row = {
  readonly layer: string;
  readonly tried: string;
  readonly amount: string;
  readonly violations: number;
  readonly mutants: { readonly caught: number; readonly of: number };
  readonly cpuSeconds: number;
  /** Nothing was found, all mutants were, and enough was tried. */
  readonly isProven: boolean;
};

export type Result = { readonly row: Row; readonly tables: readonly Table[] };

export type Layer = { readonly name: string; run(options: Options): Promise<Result> };

/** The one table that a doubter reads. */
export const summary = (rows: readonly Row[]): string =>
  toMarkdown(
    ['layer', 'tried', 'how much', 'violations', 'mutants caught', 'seconds of CPU', ''],
    rows.map(({ layer, tried, amount, violations, mutants, cpuSeconds, isProven }) => [
      layer,
      tried,
      amount,
      String(violations),
      `${mutants.caught} of ${mutants.of}`,
      cpuSeconds.toFixed(1),
      isProven ? 'ok' : 'FAILED',
    ]),
  );

import type { Round } from './numbers.ts';

/** One line of the bench: what was measured, beside its floor, and whether it is enough. */
export type Line = {
  readonly name: string;
  readonly subject: Round;
  readonly floor?: Round;
  /** Of the rates, measured in pairs. */
  readonly ratio?: number;
  readonly target?: { readonly text: string; readonly reached: boolean };
  readonly notes?: readonly string[];
  /** More numbers, for the JSON. */
  readonly details?: object;
};

/** One number alone, as memory or the time of a start. */
export type Fact = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: { readonly text: string; readonly reached: boolean };
  readonly notes?: readonly string[];
};

import type { MoneyJson } from '@hemline/money';
import { optionColumns } from '../shopify/columns.ts';
import type { OptionColumn } from './options.ts';
import { isAbove, parsePrice } from './price.ts';
import { type Issue, type Row, cellOf } from '../shopify/rows.ts';
import { cleanSku, deriveOtherSku, deriveSku, isSku } from './sku.ts';

export type Options = Readonly<Record<string, string>>;

export interface Variant {
  readonly line: number;
  readonly sku: string;
  /** In the product's order. */
  readonly options: Options;
  readonly price: MoneyJson;
  readonly compareAt?: MoneyJson;
  readonly onHand: number;
  /** As in the file. */
  readonly picture: string;
}

export interface ReadVariants {
  readonly variants: readonly Variant[];
  /** How many rows are left out. */
  readonly refusedCount: number;
  readonly refusals: readonly Issue[];
  readonly notes: readonly Issue[];
}

export interface VariantContext {
  readonly handle: string;
  readonly currency: string;
  readonly options: readonly OptionColumn[];
}

/** Of what a shop does not count, and of what it sells on when it is out: enough to sell. */
export const UNCOUNTED = 100;
const MAX_ON_HAND = 10_000_000;

export function readVariants(rows: readonly Row[], context: VariantContext): ReadVariants {
  const variants: Variant[] = [];
  const refusals: Issue[] = [];
  const notes: Issue[] = [];
  for (const row of rows) {
    const say =
      (to: Issue[]): Say =>
      (column, reason) => {
        to.push({ line: row.line, column, reason });
      };
    const options = readOptions(row, context, variants, say(refusals));
    const money = readMoney(row, context.currency, say(refusals));
    const onHand = readOnHand(row, say(refusals), say(notes));
    if (!options || !money || onHand === undefined) continue;
    const sku = readSku(row, { handle: context.handle, options, variants }, say(notes));
    const picture = cellOf(row, 'Variant Image');
    variants.push({ line: row.line, sku, options, ...money, onHand, picture });
  }
  return { variants, refusedCount: rows.length - variants.length, refusals, notes };
}

type Say = (column: string, reason: string) => undefined;

function readOptions(
  row: Row,
  context: VariantContext,
  others: readonly Variant[],
  refuse: Say,
): Options | undefined {
  const options: Record<string, string> = {};
  for (const { place, name } of context.options) {
    const value = cellOf(row, valueColumn(place));
    if (value === '') return refuse(valueColumn(place), `has no ${name}`);
    options[name] = value;
  }
  const choice = JSON.stringify(options);
  const twin = others.find((other) => JSON.stringify(other.options) === choice);
  if (!twin) return options;
  const last = context.options.at(-1)?.place ?? 0;
  return refuse(valueColumn(last), `the same variant as on line ${twin.line}`);
}

const valueColumn = (place: number) => optionColumns[place]?.[1] ?? 'Option1 Value';

function readMoney(row: Row, currency: string, refuse: Say) {
  const price = parsePrice(cellOf(row, 'Variant Price'), currency);
  if ('reason' in price) return refuse('Variant Price', price.reason);
  const before = cellOf(row, 'Variant Compare At Price');
  if (before === '') return { price };
  const compareAt = parsePrice(before, currency);
  if ('reason' in compareAt) return refuse('Variant Compare At Price', compareAt.reason);
  return isAbove(compareAt, price) ? { price, compareAt } : { price };
}

function readOnHand(row: Row, refuse: Say, note: Say): number | undefined {
  const column = 'Variant Inventory Qty';
  const text = cellOf(row, column);
  const isCounted = cellOf(row, 'Variant Inventory Tracker') !== '' && row.cells.has(column);
  const sellsOn = cellOf(row, 'Variant Inventory Policy').toLowerCase() === 'continue';
  if (!/^(?:-?\d+)?$/.test(text)) return refuse(column, `"${text}" is not a whole number`);
  if (Number(text) > MAX_ON_HAND) return refuse(column, `${text} is too many`);
  if (!isCounted) return UNCOUNTED;
  if (sellsOn) return Math.max(UNCOUNTED, Number(text));
  if (Number(text) < 0) note(column, `${text} is below zero, and taken as 0`);
  return Math.max(0, Number(text));
}

interface SkuContext {
  readonly handle: string;
  readonly options: Options;
  readonly variants: readonly Variant[];
}

/** Its own, or one made of the handle and the options; a shop has no two alike. */
function readSku(row: Row, { handle, options, variants }: SkuContext, note: Say): string {
  const sku = cleanSku(cellOf(row, 'Variant SKU'));
  const findTwin = (wanted: string) => variants.find((other) => other.sku === wanted);
  const twin = findTwin(sku);
  if (isSku(sku) && !twin) return sku;
  const values = Object.values(options);
  const derived = deriveSku(handle, values);
  const given = findTwin(derived) ? deriveOtherSku(handle, values) : derived;
  const why = twin ? `is on line ${twin.line} already` : 'has signs that a sku may not have';
  if (sku !== '') note('Variant SKU', `${sku} ${why}; ${given} is taken instead`);
  return given;
}

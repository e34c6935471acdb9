import { refusal } from '../problems.ts';

export const maxQuantity = 99;
export const maxLines = 100;

/** The price that the shopper was shown, as catalog signed it. Times are seconds since the epoch. */
export type QuotedPrice = {
  readonly jws: string;
  /** Unit price in minor units, a decimal string. */
  readonly price: string;
  readonly currency: string;
  readonly priceVersion: number;
  readonly title: string;
  readonly iat: number;
  readonly exp: number;
};

export type Line = {
  readonly sku: string;
  readonly quantity: number;
  /** The version of the cart that first had it; lines are shown in this order. */
  readonly addedIn: number;
  readonly quote: QuotedPrice;
};

export type Cart = {
  readonly id: string;
  readonly status: 'open' | 'closed';
  readonly version: number;
  readonly lines: readonly Line[];
};

export type Purchase = { readonly sku: string; readonly quantity: number };

export const byAge = (a: Line, b: Line): number =>
  a.addedIn - b.addedIn || (a.sku < b.sku ? -1 : 1);

/** Of two quotes for one sku the later one counts, in whichever order they arrived. */
export const laterQuote = (a: QuotedPrice, b: QuotedPrice): QuotedPrice => (b.iat >= a.iat ? b : a);

/**
 * The lines of two carts as one. Quantities add up, to what a line can hold and no further: merging
 * happens while someone signs in, which is no moment to ask her about the hundredth sock.
 */
export const mergeLines = (into: Cart, from: Cart): Line[] => {
  const lines = new Map(into.lines.map((line) => [line.sku, line]));
  for (const line of from.lines) {
    const own = lines.get(line.sku);
    lines.set(line.sku, {
      sku: line.sku,
      quantity: Math.min(maxQuantity, (own?.quantity ?? 0) + line.quantity),
      addedIn: own?.addedIn ?? into.version + 1,
      quote: own ? laterQuote(own.quote, line.quote) : line.quote,
    });
  }
  const merged = [...lines.values()];
  if (merged.length > maxLines) throw refusal('carts.line_limit', { limit: maxLines });
  if (new Set(merged.map(({ quote }) => quote.currency)).size > 1)
    throw refusal('carts.currency_mixed');
  return merged.toSorted(byAge);
};

/**
 * What stays in the cart once an order is paid. The order took the cart as it was at one version; what
 * was added since, in another tab or while the bank was thinking, was not bought and is kept.
 */
export const withoutPurchased = (
  lines: readonly Line[],
  purchases: readonly Purchase[],
): Line[] => {
  const bought = new Map<string, number>();
  for (const { sku, quantity } of purchases) bought.set(sku, (bought.get(sku) ?? 0) + quantity);
  return lines
    .map((line) => ({ ...line, quantity: line.quantity - (bought.get(line.sku) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
};

/** What was asked of a cart and did not happen. */
export type Change = {
  readonly kind: 'add' | 'set' | 'remove';
  readonly sku: string;
  readonly quantity?: number;
  readonly quote?: QuotedPrice | undefined;
  /** Versions that the caller would accept; undefined for any. */
  readonly versions?: readonly number[] | undefined;
};

/** Throws what stands between `cart` and the change; returns if nothing does (any more). */
export const assertCanChange = (cart: Cart, change: Change): void => {
  if (cart.status === 'closed') throw refusal('carts.closed');
  if (change.versions && !change.versions.includes(cart.version)) {
    throw refusal('carts.version_mismatch', { version: cart.version });
  }
  const line = cart.lines.find(({ sku }) => sku === change.sku);
  if (!line && (change.kind === 'remove' || !change.quote)) {
    throw refusal('lines.not_found', { detail: `it holds no ${change.sku}`, sku: change.sku });
  }
  if (change.kind === 'remove') return;
  const others = cart.lines.filter(({ sku }) => sku !== change.sku);
  const { quote } = change;
  if (quote && others.some((other) => other.quote.currency !== quote.currency)) {
    throw refusal('carts.currency_mixed', { detail: `${quote.currency} cannot join them` });
  }
  const quantity = (change.kind === 'add' ? (line?.quantity ?? 0) : 0) + (change.quantity ?? 0);
  if (quantity > maxQuantity) {
    throw refusal('carts.quantity_limit', {
      detail: `a line holds at most ${maxQuantity}`,
      sku: change.sku,
      limit: maxQuantity,
      inCart: line?.quantity ?? 0,
    });
  }
  if (!line && cart.lines.length >= maxLines) {
    throw refusal('carts.line_limit', {
      detail: `a cart holds at most ${maxLines} lines`,
      limit: maxLines,
    });
  }
};

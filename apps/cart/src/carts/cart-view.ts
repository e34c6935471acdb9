import { type cartApi, toAvailabilityState } from '@hemline/contracts';
import { type Money, addMoney, moneyToJson, multiplyMoney } from '@hemline/money';
import type { Cart, Line } from './cart.ts';

/** What catalog last told of a sku. */
export type ProductCopy = {
  readonly handle: string;
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
  readonly image: { readonly id: string; readonly alt: string } | null;
  readonly price: Money;
  readonly priceVersion: number;
  readonly isWithdrawn: boolean;
} & Copied;

/** What payments last told of a sku. */
export type StockCopy = { readonly available: number } & Copied;

type Copied = {
  /** When its owner committed it. */
  readonly asOf: Date;
  /** It stands still behind an event that could not be applied. */
  readonly isParked: boolean;
};

/** Whatever the owner had committed before then is in the copy; undefined while that is not known. */
export type KnownAt = { readonly product: Date | undefined; readonly stock: Date | undefined };

/** A cart with the copies that bear on its lines, as they stood at one moment. */
export type CartSnapshot = {
  readonly cart: Cart;
  readonly products: ReadonlyMap<string, ProductCopy>;
  readonly stock: ReadonlyMap<string, StockCopy>;
  readonly readAt: Date;
};

const unitPrice = ({ quote }: Line): Money => ({
  amount: BigInt(quote.price),
  currency: quote.currency,
});

/**
 * A price has changed if catalog has since told of a later version. The copy may be older than the
 * quote, and then the quote is right.
 */
const priceNotice = (line: Line, product: ProductCopy): cartApi.Notice[] => {
  const was = unitPrice(line);
  const isLater = product.priceVersion > line.quote.priceVersion;
  const isSame = product.price.amount === was.amount && product.price.currency === was.currency;
  if (!isLater || isSame) return [];
  return [{ kind: 'price_changed', was: moneyToJson(was), now: moneyToJson(product.price) }];
};

const stockNotice = (line: Line, { available }: StockCopy): cartApi.Notice[] => {
  if (available <= 0) return [{ kind: 'sold_out' }];
  if (available >= line.quantity) return [];
  return [{ kind: 'stock_short', requested: line.quantity, left: available }];
};

export const noticesFor = (
  line: Line,
  product: ProductCopy | undefined,
  stock: StockCopy | undefined,
): cartApi.Notice[] => {
  // What is no longer sold has neither a price nor a stock worth speaking of.
  if (product?.isWithdrawn) return [{ kind: 'withdrawn' }];
  return [
    ...(product ? priceNotice(line, product) : []),
    ...(stock ? stockNotice(line, stock) : []),
  ];
};

/** The moment as of which a copy is known to be right: its commit, or the owner's last word after it. */
const rightAsOf = ({ asOf, isParked }: Copied, knownAt: Date | undefined): string =>
  (knownAt && !isParked && knownAt > asOf ? knownAt : asOf).toISOString();

const toAvailability = (available: number, asOf: string): cartApi.CartLine['availability'] => {
  const state = toAvailabilityState(available);
  return { state, ...(state !== 'in_stock' && { left: Math.max(0, available) }), asOf };
};

const toLineView = (
  line: Line,
  { products, stock: stocks }: CartSnapshot,
  knownAt: KnownAt,
): cartApi.CartLine => {
  const product = products.get(line.sku);
  const stock = stocks.get(line.sku);
  const stockAsOf = stock && rightAsOf(stock, knownAt.stock);
  return {
    sku: line.sku,
    quantity: line.quantity,
    unitPrice: moneyToJson(unitPrice(line)),
    lineTotal: moneyToJson(multiplyMoney(unitPrice(line), line.quantity)),
    title: product?.title ?? line.quote.title,
    ...(product && { handle: product.handle }),
    options: { ...product?.options },
    image: product?.image ?? null,
    quote: line.quote.jws,
    quoteExpiresAt: new Date(line.quote.exp * 1000).toISOString(),
    availability: stock && stockAsOf ? toAvailability(stock.available, stockAsOf) : null,
    notices: noticesFor(line, product, stock),
    asOf: {
      product: product ? rightAsOf(product, knownAt.product) : null,
      availability: stockAsOf ?? null,
    },
  };
};

/** The cart as its shopper sees it: her lines at the prices that she was shown, and what changed since. */
export const toCartView = (snapshot: CartSnapshot, knownAt: KnownAt): cartApi.Cart => {
  const { cart, readAt } = snapshot;
  const totals = cart.lines.map((line) => multiplyMoney(unitPrice(line), line.quantity));
  const [first, ...rest] = totals;
  return {
    id: cart.id,
    status: cart.status,
    version: cart.version,
    lines: cart.lines.map((line) => toLineView(line, snapshot, knownAt)),
    subtotal: first ? moneyToJson(rest.reduce(addMoney, first)) : null,
    asOf: readAt.toISOString(),
  };
};

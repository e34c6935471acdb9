import type { cartApi } from '@hemline/contracts';
import { ServiceUnavailable } from '@hemline/http';
import type { MoneyJson } from '@hemline/money';
import { Injectable } from '@nestjs/common';
import { CartClient } from '../../clients/cart.client.ts';
import { CatalogClient } from '../../clients/catalog.client.ts';
import { PaymentsClient } from '../../clients/payments.client.ts';
import type { BagReference } from '../../security/cookies.ts';
import type { Totals } from './checkout-summary.tsx';

export type PriceChange = {
  readonly title: string;
  readonly was: MoneyJson;
  readonly now: MoneyJson;
};

export type LoadedCheckout = {
  readonly cart: cartApi.Cart;
  readonly priceChanges: readonly PriceChange[];
  /** Undefined where payments does not answer, or prices could not be made current. */
  readonly totals: Totals | undefined;
};

/** Time to type an address and find a card; a quote that ends sooner is renewed first. */
const neededMs = 5 * 60_000;

type LoadOptions = {
  /** New quotes for all lines, which also makes a new version of the bag: another order may be begun. */
  readonly renewAll?: boolean;
};

@Injectable()
export class CheckoutLoader {
  constructor(
    private readonly carts: CartClient,
    private readonly catalog: CatalogClient,
    private readonly payments: PaymentsClient,
  ) {}

  /** Undefined where there is nothing in the bag to pay for. */
  async load(bag: BagReference, options: LoadOptions = {}): Promise<LoadedCheckout | undefined> {
    const found = await this.carts.find(bag);
    if (!found || found.status !== 'open' || found.lines.length === 0) return undefined;
    const renewed = await this.renewQuotes(bag, found, options);
    const { cart } = renewed;
    return { ...renewed, totals: renewed.areCurrent ? await this.preview(cart) : undefined };
  }

  /**
   * A price that went down is taken at once; one that went up waits until the old quote ends, as that
   * is what she was promised. Whatever changes is told, old and new.
   */
  private async renewQuotes(
    bag: BagReference,
    cart: cartApi.Cart,
    { renewAll = false }: LoadOptions,
  ): Promise<Omit<LoadedCheckout, 'totals'> & { readonly areCurrent: boolean }> {
    const now = Date.now();
    const due = cart.lines.filter((line) => renewAll || isDue(line, now));
    if (due.length === 0) return { cart, priceChanges: [], areCurrent: true };
    let current = cart;
    try {
      const quotes = await this.catalog.quotes(due.map(({ sku }) => sku));
      for (const { sku, quantity } of due) {
        const quote = quotes[sku];
        if (!quote) continue;
        const answer = await this.carts.set(bag, sku, { quantity, quote });
        if (answer.kind === 'ok') current = answer.value;
      }
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      const areCurrent = cart.lines.every((line) => Date.parse(line.quoteExpiresAt) > now);
      return { cart: current, priceChanges: [], areCurrent };
    }
    return { cart: current, priceChanges: changesBetween(cart, current), areCurrent: true };
  }

  private async preview({ lines }: cartApi.Cart): Promise<Totals | undefined> {
    try {
      const answer = await this.payments.preview({
        lines: lines.map(({ quote, quantity }) => ({ quote, quantity })),
      });
      if (answer.kind === 'refused') return undefined;
      const { total, subtotal, delivery, tax } = answer.value;
      return { total, parts: { subtotal, delivery, tax } };
    } catch (error) {
      if (error instanceof ServiceUnavailable) return undefined;
      throw error;
    }
  }
}

const isDue = (line: cartApi.CartLine, now: number): boolean =>
  Date.parse(line.quoteExpiresAt) - now < neededMs ||
  line.notices.some(
    (notice) =>
      notice.kind === 'price_changed' && BigInt(notice.now.amount) < BigInt(line.unitPrice.amount),
  );

const changesBetween = (before: cartApi.Cart, after: cartApi.Cart): PriceChange[] =>
  after.lines.flatMap((line) => {
    const old = before.lines.find(({ sku }) => sku === line.sku);
    if (!old || old.unitPrice.amount === line.unitPrice.amount) return [];
    return [{ title: line.title, was: old.unitPrice, now: line.unitPrice }];
  });

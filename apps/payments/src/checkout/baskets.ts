import { QuoteVerifier } from '@hemline/auth';
import type { QuoteClaims, paymentsApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { type PricedLine, type Rates, type Totals, toTotals } from './totals.ts';

type Basket = { readonly currency: string; readonly lines: readonly PricedLine[] };
export type Priced = Totals & { readonly currency: string };

type QuotedLine = paymentsApi.PlaceOrder['lines'][number];

/** Reads quoted lines: who signed them is who set the price, so the shopper's word is not needed. */
@Injectable()
export class Baskets {
  private readonly rates: Rates;

  constructor(
    private readonly quotes: QuoteVerifier,
    @Inject(CONFIG) config: Config,
  ) {
    this.rates = {
      taxBasisPoints: config.TAX_RATE_BASIS_POINTS,
      deliveryFee: config.DELIVERY_FEE_MINOR,
      freeDeliveryFrom: config.FREE_DELIVERY_FROM_MINOR,
    };
  }

  async price(lines: readonly QuotedLine[], now: Date): Promise<Priced> {
    const basket = await this.read(lines, now);
    return { ...toTotals(basket.lines, this.rates), currency: basket.currency };
  }

  private async read(lines: readonly QuotedLine[], now: Date): Promise<Basket> {
    const claims = await Promise.all(lines.map((line, i) => this.verify(line.quote, i)));
    refuseExpired(claims, now);
    const [first, ...others] = new Set(claims.map(({ currency }) => currency));
    if (first === undefined || others.length > 0) {
      throw new DomainError('orders.mixed_currencies', {
        detail: `the lines are priced in ${[first, ...others].join(' and ')}`,
      });
    }
    return {
      currency: first,
      lines: claims.map(({ sku, title, price }, i) => ({
        sku,
        title,
        quantity: lines[i]?.quantity ?? 0,
        unitPrice: BigInt(price),
      })),
    };
  }

  private async verify(quote: string, index: number): Promise<QuoteClaims> {
    try {
      return await this.quotes.verify(quote, { acceptExpired: true });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'quotes.invalid') throw error;
      const detail = error.details.detail ?? 'not a quote';
      throw new DomainError('quotes.invalid', {
        detail: `line ${index + 1}: ${detail}`,
        errors: [{ pointer: `#/lines/${index}/quote`, detail }],
      });
    }
  }
}

const refuseExpired = (claims: readonly QuoteClaims[], now: Date): void => {
  const expired = claims.filter(({ exp }) => exp * 1000 <= now.getTime());
  if (expired.length === 0) return;
  const skus = [...new Set(expired.map(({ sku }) => sku))];
  throw new DomainError('quotes.expired', {
    detail: `ask for new quotes of ${skus.join(', ')}`,
    skus,
    errors: claims.flatMap((each, i) =>
      expired.includes(each)
        ? [{ pointer: `#/lines/${i}/quote`, detail: `the quote for ${each.sku} has expired` }]
        : [],
    ),
  });
};

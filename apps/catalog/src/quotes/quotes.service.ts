import { type Cache, createCache } from '@hemline/cache';
import { Database } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import { toVariantTitle } from '../products/product.ts';
import type { StoredVariant } from '../products/product-rows.ts';
import { type Quotable, signQuote } from './quote.ts';
import { QuoteKeysService } from './quote-keys.service.ts';

type Signed = { readonly jws: string };

const cacheBytes = 32 * 1024 * 1024;

/** Signs prices, and gives a signed one out again while at least two thirds of its life are left. */
@Injectable()
export class QuotesService {
  private readonly signed: Cache<Signed>;

  constructor(
    private readonly keys: QuoteKeysService,
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    // In this process alone: a signed price holds for half an hour, and one that Redis had kept too long
    // would be as good as a new one to whoever verifies it. Signing also costs less than to ask. Those
    // in a product's answer go with it where that is shared, and end as soon as it does.
    this.signed = createCache<Signed>({
      name: 'quotes',
      maxBytes: cacheBytes,
      sizeOf: ({ jws }) => jws.length,
      ttlMs: (config.QUOTE_TTL_SECONDS * 1000) / 3,
    });
  }

  private async quote(quotables: readonly Quotable[]): Promise<string[]> {
    const key = this.keys.current();
    const iat = Math.floor(Date.now() / 1000);
    const ttlSeconds = this.config.QUOTE_TTL_SECONDS;
    return Promise.all(
      quotables.map(async (quotable) => {
        const { sku, priceVersion, title } = quotable;
        const name = JSON.stringify([sku, priceVersion, title]);
        const { jws } = await this.signed.get(name, async () => ({
          jws: signQuote(key, quotable, { iat, ttlSeconds }),
        }));
        return jws;
      }),
    );
  }

  /** Quotes of a product's variants, in their order. */
  quoteVariants(title: string, variants: readonly StoredVariant[]): Promise<string[]> {
    return this.quote(
      variants.map(({ sku, options, price, priceVersion }) => ({
        sku,
        price: price.amount,
        currency: price.currency,
        priceVersion,
        title: toVariantTitle(title, options),
      })),
    );
  }

  /** A fresh quote for each sku that is for sale, null for the others. */
  async quoteSkus(skus: readonly string[]): Promise<Record<string, string | null>> {
    const { rows } = await this.database.query<Quotable>({
      name: 'quotes.find_prices',
      text: `
        select v.sku, v.price_minor::text as price, v.currency, v.price_version as "priceVersion", v.title
        from variants v join products p on p.id = v.product_id
        where v.sku = any ($1) and p.published`,
      values: [skus],
    });
    const quotes = await this.quote(rows);
    const bySku = new Map(rows.map(({ sku }, i) => [sku, quotes[i]]));
    return Object.fromEntries(skus.map((sku) => [sku, bySku.get(sku) ?? null]));
  }
}

import { randomUUID } from 'node:crypto';
import { type catalogApi, events } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { type NewEvent, Outbox } from '@hemline/messaging';
import { Database, type Transaction } from '@hemline/postgres';
import { Injectable } from '@nestjs/common';
import { Answers } from '../browse/answers.ts';
import type { Precondition } from './precondition.ts';
import { type Product, findImage, toContentHash, toProduct } from './product.ts';
import { type PriceVersion, toNewPrices, toRows } from './product-rows.ts';
import { type ProductState, ProductsStore, type SkuState } from './products.store.ts';

@Injectable()
export class ProductsService {
  constructor(
    private readonly database: Database,
    private readonly products: ProductsStore,
    private readonly outbox: Outbox,
    private readonly answers: Answers,
  ) {}

  /** Makes the product that this body states, or makes the one that is there like it. */
  async put(
    handle: string,
    input: catalogApi.ProductInput,
    precondition?: Precondition,
  ): Promise<catalogApi.ProductWritten> {
    const product = toProduct(handle, input);
    const contentHash = toContentHash(product);
    // Done twice, it finds its own content hash and changes nothing, so a lost COMMIT may be repeated.
    return this.database.transaction(
      async (tx) => {
        const current = await this.products.lock(tx, handle);
        if (current?.contentHash.equals(contentHash)) {
          return { id: current.id, handle, version: current.version, outcome: 'unchanged' };
        }
        checkVersion(handle, current, precondition);
        const id = current?.id ?? randomUUID();
        const version = (current?.version ?? 0) + 1;
        await this.write(tx, { id, version, contentHash, product });
        tx.afterCommit(() => this.answers.forgetProduct(handle));
        return { id, handle, version, outcome: current ? 'changed' : 'created' };
      },
      { onUnknownCommit: 'repeat' },
    );
  }

  async delete(handle: string, precondition?: Precondition): Promise<void> {
    await this.database.transaction(async (tx) => {
      const current = await this.products.lock(tx, handle);
      checkVersion(handle, current, precondition);
      if (!current) throw new DomainError('products.not_found', { detail: `no product ${handle}` });
      const skus = await this.products.remove(tx, current.id);
      await this.outbox.append(tx, {
        definition: events.productDeleted,
        subject: current.id,
        version: current.version + 1,
        data: { productId: current.id, handle, skus },
      });
      tx.afterCommit(() => this.answers.forgetProduct(handle));
    });
  }

  private async write(
    tx: Transaction,
    { id, version, contentHash, product }: Omit<ProductState, never> & { product: Product },
  ): Promise<void> {
    const skus = product.variants.map(({ sku }) => sku);
    const states = await this.products.findSkus(tx, skus);
    refuseForeignSkus(id, skus, states);
    const prices = new Map<string, PriceVersion>();
    for (const { sku, price } of states) if (price) prices.set(sku, price);
    const newPrices = toNewPrices(product.variants, prices);
    for (const price of newPrices) prices.set(price.sku, price);
    const rows = toRows(id, product, prices);
    const added = await this.products.addPrices(tx, newPrices);
    await this.products.save(tx, { id, version, contentHash, product, rows });
    const saved = await this.products.saveVariants(tx, id, rows.variants);
    // Two products that reach for one sku at once both find it free; the second to write finds this.
    if (added !== newPrices.length || saved !== skus.length) {
      throw new DomainError('products.sku_taken', {
        detail: 'another product took a sku just now',
      });
    }
    await this.outbox.append(tx, productChanged({ id, version, product, prices }));
  }
}

const checkVersion = (
  handle: string,
  current: ProductState | undefined,
  precondition: Precondition | undefined,
): void => {
  if (!precondition) return;
  if (current && (precondition === 'exists' || precondition.versions.includes(current.version)))
    return;
  throw new DomainError('products.version_mismatch', {
    detail: current
      ? `${handle} is at version ${current.version}`
      : `there is no product ${handle}`,
    ...(current && { version: current.version }),
  });
};

const refuseForeignSkus = (
  id: string,
  skus: readonly string[],
  states: readonly SkuState[],
): void => {
  const foreign = states.filter(({ owner }) => owner !== null && owner !== id);
  if (foreign.length === 0) return;
  throw new DomainError('products.sku_taken', {
    detail: `${foreign.map(({ sku }) => sku).join(', ')}: of another product`,
    errors: foreign.map(({ sku }) => ({
      pointer: `#/variants/${skus.indexOf(sku)}/sku`,
      detail: `${sku} is a sku of another product`,
    })),
  });
};

type Change = {
  readonly id: string;
  readonly version: number;
  readonly product: Product;
  readonly prices: ReadonlyMap<string, PriceVersion>;
};

const productChanged = ({
  id,
  version,
  product,
  prices,
}: Change): NewEvent<typeof events.productChanged.schema> => ({
  definition: events.productChanged,
  subject: id,
  version,
  data: {
    productId: id,
    handle: product.handle,
    title: product.title,
    published: product.published,
    variants: product.variants.map(({ sku, options, price }) => {
      const image = findImage(product.images, options);
      return {
        sku,
        options: { ...options },
        price,
        priceVersion: prices.get(sku)?.version ?? 1,
        image: image ? { id: image.id, alt: image.alt } : null,
      };
    }),
  },
});

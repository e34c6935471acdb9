import type { catalogApi } from '@hemline/contracts';
import { Injectable } from '@nestjs/common';
import { CatalogClient } from '../../clients/catalog.client.ts';
import { type Held, HeldAnswers } from '../../rendering/held-answers.ts';

export type ProductAnswer = { readonly product: catalogApi.Product | undefined };

/** A variant with its quote and its part of the rendered pages, roughly. */
const bytesPerVariant = 2_500;
const bytesPerProduct = 80_000;

@Injectable()
export class ProductLoader {
  // The stock shown may be 2 s old in all, from payments' commit to this page.
  private readonly answers = new HeldAnswers<ProductAnswer>({
    name: 'web.products',
    maxBytes: 96 * 1024 * 1024,
    sizeOf: ({ product }) => bytesPerProduct + (product?.variants.length ?? 0) * bytesPerVariant,
    freshMs: 400,
    revalidateMs: 0,
    heldMs: 15 * 60_000,
  });

  constructor(private readonly catalog: CatalogClient) {}

  load(handle: string): Promise<Held<ProductAnswer>> {
    return this.answers.get(handle, async () => ({
      product: await this.catalog.findProduct(handle),
    }));
  }
}

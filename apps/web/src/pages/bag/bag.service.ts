import type { Problem, cartApi } from '@hemline/contracts';
import { Injectable } from '@nestjs/common';
import type { Answer } from '../../clients/answer.ts';
import { CartClient } from '../../clients/cart.client.ts';
import { CatalogClient } from '../../clients/catalog.client.ts';
import type { BagReference } from '../../security/cookies.ts';

export type NewLine = {
  readonly sku: string;
  readonly quote: string;
  readonly quantity: number;
};

export type Added =
  | { readonly kind: 'added'; readonly bag: BagReference; readonly cart: cartApi.Cart }
  | { readonly kind: 'refused'; readonly bag: BagReference; readonly code: string };

/** A bag that was paid, merged, cleared away, or was never hers: she gets a new one. */
const isGone = ({ code, status }: Problem): boolean =>
  code === 'carts.closed' || code === 'carts.not_found' || status === 401 || status === 403;

@Injectable()
export class BagService {
  constructor(
    private readonly carts: CartClient,
    private readonly catalog: CatalogClient,
  ) {}

  /**
   * One call where all is well. A visitor's first line needs a bag before it; a product page that lay
   * open for hours needs a new quote.
   */
  async add(bag: BagReference | undefined, line: NewLine): Promise<Added> {
    let current = bag ?? (await this.carts.create());
    let answer = await this.addWithQuote(current, line);
    if (answer.kind === 'refused' && bag && isGone(answer.problem)) {
      current = await this.carts.create();
      answer = await this.addWithQuote(current, line);
    }
    return answer.kind === 'ok'
      ? { kind: 'added', bag: current, cart: answer.value }
      : { kind: 'refused', bag: current, code: answer.problem.code };
  }

  private async addWithQuote(
    bag: BagReference,
    { sku, quote, quantity }: NewLine,
  ): Promise<Answer<cartApi.Cart>> {
    const answer = await this.carts.add(bag, { quote, quantity });
    if (answer.kind === 'ok' || answer.problem.code !== 'quotes.expired') return answer;
    const { [sku]: fresh } = await this.catalog.quotes([sku]);
    return fresh ? this.carts.add(bag, { quote: fresh, quantity }) : answer;
  }
}

export const countOf = (cart: cartApi.Cart): number =>
  cart.lines.reduce((sum, { quantity }) => sum + quantity, 0);

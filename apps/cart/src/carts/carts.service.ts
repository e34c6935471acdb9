import { createHash } from 'node:crypto';
import { QuoteVerifier, hashToken, newToken } from '@hemline/auth';
import type { cartApi } from '@hemline/contracts';
import { DomainError } from '@hemline/http';
import { Copies } from '@hemline/messaging';
import { Database, type Queryable, type Transaction } from '@hemline/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { refusal } from '../problems.ts';
import { type Change, type QuotedPrice, assertCanChange, mergeLines } from './cart.ts';
import { type CartSnapshot, type KnownAt, toCartView } from './cart-view.ts';
import { type CartAccess, CartsStore } from './carts.store.ts';
import { LineRequestsStore } from './line-requests.store.ts';

/** The answer to a request with an Idempotency-Key: its bytes, the same each time. */
export type KeyedAnswer = { readonly body: string; readonly isReplay: boolean };

export const NEW_ID = Symbol('NEW_ID');

/** Conditions are checked again after a change was refused; they may hold by then, so it is tried again. */
const maxAttempts = 5;

/** What bears on a cart as it is shown: also whether it is still to be bought. */
const shownCopies = ['cart.product', 'cart.availability', 'cart.purchases'] as const;

@Injectable()
export class CartsService {
  constructor(
    private readonly database: Database,
    private readonly carts: CartsStore,
    private readonly requests: LineRequestsStore,
    private readonly quotes: QuoteVerifier,
    private readonly copies: Copies,
    @Inject(NEW_ID) private readonly newId: () => string,
  ) {}

  async create(): Promise<cartApi.CartCreated> {
    const token = newToken();
    const access = { id: this.newId(), tokenHash: hashToken(token) };
    const cart = await this.show(() => this.carts.create(this.database, access));
    return { ...cart, token };
  }

  async read(access: CartAccess): Promise<cartApi.Cart> {
    return this.show(async () => {
      const found = await this.carts.find(this.database, access);
      if (!found) throw refusal('carts.not_found');
      return found;
    });
  }

  async addLine(access: CartAccess, { quote, quantity }: cartApi.AddLine): Promise<cartApi.Cart> {
    const quoted = await this.readQuote(quote);
    const change: Change = { kind: 'add', sku: quoted.sku, quantity, quote: quoted.price };
    return this.show(() => this.change(this.database, access, change));
  }

  /** As `addLine`, with one effect and one answer for all requests that bring the same key. */
  async addLineOnce(access: CartAccess, input: cartApi.AddLine, key: string): Promise<KeyedAnswer> {
    const hash = createHash('sha256')
      .update(JSON.stringify([input.quote, input.quantity]))
      .digest();
    const earlier = await this.requests.find(this.database, access, key);
    if (earlier) return replay(earlier, hash);
    const quoted = await this.readQuote(input.quote);
    const change: Change = {
      kind: 'add',
      sku: quoted.sku,
      quantity: input.quantity,
      quote: quoted.price,
    };
    // A commit whose answer was lost may be done again, as the key is unique within the cart.
    return this.database.transaction((tx) => this.addClaimed(tx, access, change, { key, hash }), {
      onUnknownCommit: 'repeat',
    });
  }

  async setLine(
    access: CartAccess,
    { sku, quantity, quote, versions }: cartApi.SetLine & Pick<Change, 'sku' | 'versions'>,
  ): Promise<cartApi.Cart> {
    const quoted = quote === undefined ? undefined : await this.readQuote(quote);
    if (quoted && quoted.sku !== sku) {
      throw refusal('quotes.invalid', {
        detail: `it is a quote for ${quoted.sku}, not for ${sku}`,
      });
    }
    const change: Change = { kind: 'set', sku, quantity, quote: quoted?.price, versions };
    return this.show(() => this.change(this.database, access, change));
  }

  async removeLine(
    access: CartAccess,
    { sku, versions }: Pick<Change, 'sku' | 'versions'>,
  ): Promise<cartApi.Cart> {
    return this.show(() => this.change(this.database, access, { kind: 'remove', sku, versions }));
  }

  /**
   * Takes the lines of the other cart, which is closed by it. A cart that was closed before has no lines
   * to take, so that doing it again changes nothing.
   */
  async merge(access: CartAccess, other: cartApi.MergeCart): Promise<cartApi.Cart> {
    const from: CartAccess = { id: other.id.toLowerCase(), tokenHash: hashToken(other.token) };
    if (from.id === access.id) {
      const errors = [{ pointer: '#/id', detail: 'is this cart itself' }];
      throw new DomainError('request.invalid', { detail: 'a cart cannot join itself', errors });
    }
    return this.database.transaction(
      async (tx) => {
        await this.take(tx, access, from);
        return this.show(async () => (await this.carts.find(tx, access)) as CartSnapshot);
      },
      { onUnknownCommit: 'repeat' },
    );
  }

  private async take(tx: Transaction, access: CartAccess, from: CartAccess): Promise<void> {
    const carts = await this.carts.lock(tx, [access, from]);
    const target = carts.get(access.id);
    const source = carts.get(from.id);
    if (!target) throw refusal('carts.not_found');
    if (!source) throw refusal('carts.not_found', { detail: 'the cart to merge is not known' });
    if (source.status === 'closed') return;
    if (target.status === 'closed') throw refusal('carts.closed');
    if (source.lines.length > 0) {
      await this.carts.saveLines(tx, target.id, mergeLines(target, source));
    }
    await this.carts.close(tx, source.id, target.id);
  }

  private async addClaimed(
    tx: Transaction,
    access: CartAccess,
    change: Change,
    { key, hash }: { readonly key: string; readonly hash: Buffer },
  ): Promise<KeyedAnswer> {
    if (!(await this.requests.claim(tx, access, { key, hash }))) {
      const earlier = await this.requests.find(tx, access, key);
      if (!earlier) throw refusal('carts.not_found');
      return replay(earlier, hash);
    }
    const body = JSON.stringify(await this.show(() => this.change(tx, access, change)));
    await this.requests.complete(tx, access.id, key, body);
    return { body, isReplay: false };
  }

  /**
   * The cart that `read` finds, with how far its copies are known to be right. That is asked before, as
   * it speaks of all that a later read may find.
   */
  private async show(read: () => Promise<CartSnapshot>): Promise<cartApi.Cart> {
    const { copies } = this;
    const from = shownCopies.map((name) => [name, copies.countsFrom(name)] as const);
    const knownAt: KnownAt = {
      product: copies.knownAt('cart.product'),
      stock: copies.knownAt('cart.availability'),
    };
    const cart = toCartView(await read(), knownAt);
    for (const [name, countsFrom] of from) copies.observe(name, countsFrom);
    return cart;
  }

  private async change(db: Queryable, access: CartAccess, change: Change): Promise<CartSnapshot> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const changed = await (change.kind === 'remove'
        ? this.carts.removeLine(db, access, change)
        : this.carts.putLine(db, access, change));
      if (changed) return changed;
      const found = await this.carts.find(db, access);
      if (!found) throw refusal('carts.not_found');
      assertCanChange(found.cart, change);
    }
    throw new Error('the cart kept changing between a refusal and its reason');
  }

  private async readQuote(jws: string): Promise<{ sku: string; price: QuotedPrice }> {
    const { sku, ...claims } = await this.quotes.verify(jws);
    const { price, currency, priceVersion, title, iat, exp } = claims;
    return { sku, price: { jws, price, currency, priceVersion, title, iat, exp } };
  }
}

const replay = (earlier: { hash: Buffer; response: string }, hash: Buffer): KeyedAnswer => {
  if (!earlier.hash.equals(hash)) throw refusal('idempotency.mismatch');
  return { body: earlier.response, isReplay: true };
};

import type { cartApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { Picture } from '../../goods/picture.tsx';
import { money } from '../../goods/price.tsx';
import { OldStock } from '../../goods/stock.tsx';
import { Document } from '../../layout/document.tsx';
import { GrainLine, Tape } from '../../layout/marks.tsx';
import { productPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';
import { csrfGap } from '../../rendering/template.ts';
import { LineNotices } from './line-notices.tsx';
import type { Removed } from './removed.ts';

export type BagProps = {
  readonly shop: Shop;
  /** Undefined where she has none yet. */
  readonly cart: cartApi.Cart | undefined;
  readonly now: Date;
  /** What she has just put in. */
  readonly added?: string | undefined;
  /** What she has just taken out, and may want back. */
  readonly removed?: Removed | undefined;
  /** Why the last thing that she asked for was not done. */
  readonly problem?: string | undefined;
};

export const BagPage = ({ shop, cart, now, added, removed, problem }: BagProps): JSX.Element => {
  const lines = cart?.lines ?? [];
  return (
    <Document shop={shop} title="Your bag">
      {lines.length > 0 && <Tape at="Bag" />}
      <h1>Your bag</h1>
      {problem && (
        <p class="notice notice-wrong" role="alert">
          {problem}
        </p>
      )}
      {removed && <Undo removed={removed} />}
      {lines.length === 0 ? (
        <EmptyBag />
      ) : (
        <div class="bag">
          <ul class="bag-lines">
            {lines.map((line) => (
              <Line line={line} shop={shop} isNew={line.sku === added} />
            ))}
          </ul>
          <Summary cart={cart} now={now} />
        </div>
      )}
    </Document>
  );
};

/** Skus may have spaces and slashes, ids in a page may not. */
export const lineId = (sku: string): string => `line-${sku.replaceAll(/[^\w-]/g, '-')}`;

const EmptyBag = (): JSX.Element => (
  <div class="on-paper">
    <h2>Nothing in it yet.</h2>
    <p>
      <a class="button" href="/products?sort=newest">
        See what is new <GrainLine />
      </a>
    </p>
  </div>
);

const Undo = ({ removed }: { readonly removed: Removed }): JSX.Element => (
  <form class="notice notice-undo" method="post" action="/cart/add" data-once>
    <p role="status">Taken out: {removed.title}.</p>
    <input type="hidden" name="csrf" value={csrfGap} />
    <input type="hidden" name="sku" value={removed.sku} />
    <input type="hidden" name="quote" value={removed.quote} />
    <input type="hidden" name="quantity" value={removed.quantity} />
    <button class="button-quiet" type="submit">
      Put it back
    </button>
  </form>
);

type LineProps = { readonly line: cartApi.CartLine; readonly shop: Shop; readonly isNew: boolean };

export const optionWords = (options: Readonly<Record<string, string>>): string =>
  Object.values(options).join(', ');

const Line = ({ line, shop, isNew }: LineProps): JSX.Element => {
  const page = line.handle === undefined ? undefined : productPath(line.handle, line.options);
  const words = optionWords(line.options);
  const name = words ? `${line.title}, ${words}` : line.title;
  return (
    <li class={isNew ? 'bag-line bag-line-new' : 'bag-line'} id={lineId(line.sku)}>
      <div class="bag-line-picture">
        <Picture
          imagesUrl={shop.imagesUrl}
          image={line.image ?? undefined}
          sizes="(min-width: 48rem) 140px, 96px"
        />
      </div>
      <div class="bag-line-words">
        {isNew && (
          <p class="bag-line-added" role="status">
            In your bag
          </p>
        )}
        <div class="bag-line-head">
          <h2>{page ? <a href={page}>{line.title}</a> : line.title}</h2>
          <p class="bag-line-total">{money(line.lineTotal)}</p>
        </div>
        {words && <p class="bag-line-options">{words}</p>}
        <p class="bag-line-each">{money(line.unitPrice)} each</p>
        <LineNotices line={line} name={name} />
        <div class="bag-line-do">
          <form method="post" action="/cart/update" class="quantity" data-once>
            <input type="hidden" name="csrf" value={csrfGap} />
            <input type="hidden" name="sku" value={line.sku} />
            <label>
              <span class="vh">How many of {name}</span>
              <input
                type="number"
                name="quantity"
                min={1}
                max={99}
                value={line.quantity}
                inputmode="numeric"
                required
              />
            </label>
            <button class="button-quiet" type="submit">
              Change<span class="vh"> how many of {name}</span>
            </button>
          </form>
          <form method="post" action="/cart/remove" data-once>
            <input type="hidden" name="csrf" value={csrfGap} />
            <input type="hidden" name="sku" value={line.sku} />
            <input type="hidden" name="title" value={name} />
            <input type="hidden" name="quantity" value={line.quantity} />
            <input type="hidden" name="quote" value={line.quote} />
            <button class="button-link" type="submit">
              Take out<span class="vh"> {name}</span>
            </button>
          </form>
        </div>
      </div>
    </li>
  );
};

const stockAsOf = (cart: cartApi.Cart | undefined): string[] =>
  (cart?.lines ?? []).flatMap(({ availability }) => availability?.asOf ?? []);

const Summary = ({ cart, now }: Pick<BagProps, 'cart' | 'now'>): JSX.Element => (
  <aside class="summary" aria-label="Sum of your bag">
    {cart?.subtotal && (
      <dl class="totals">
        <div class="totals-total">
          <dt>Goods</dt>
          <dd>{money(cart.subtotal)}</dd>
        </div>
      </dl>
    )}
    <OldStock asOf={stockAsOf(cart)} now={now} class="summary-note" />
    <p class="summary-note">Tax is in it. Sending is added at the next step, before you pay.</p>
    <p>
      <a class="button button-wide" href="/checkout">
        Check out <GrainLine />
      </a>
    </p>
    <p class="summary-note">Nothing is put aside for you until your order is placed.</p>
  </aside>
);

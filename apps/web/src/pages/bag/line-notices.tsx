import type { cartApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { money } from '../../goods/price.tsx';
import { clock } from '../../layout/clock.ts';
import { csrfGap } from '../../rendering/template.ts';

type NoticesProps = { readonly line: cartApi.CartLine; readonly name: string };

/** What has changed since she added the line: old and new, and what it means for her. */
export const LineNotices = ({ line, name }: NoticesProps): JSX.Element | null =>
  line.notices.length === 0 ? null : (
    <ul class="line-notices">
      {line.notices.map((notice) => (
        <li>
          <NoticeOf notice={notice} line={line} name={name} />
        </li>
      ))}
    </ul>
  );

const NoticeOf = ({
  notice,
  line,
  name,
}: NoticesProps & { readonly notice: cartApi.Notice }): JSX.Element => {
  if (notice.kind === 'price_changed') return <PriceChanged notice={notice} line={line} />;
  if (notice.kind === 'stock_short') {
    return <StockShort notice={notice} line={line} name={name} />;
  }
  return (
    <p>
      {notice.kind === 'sold_out'
        ? 'Sold out since you added it. Take it out, and the rest of your bag can go on.'
        : 'We have stopped selling this. Take it out, and the rest can go on.'}
    </p>
  );
};

type Kind<K extends cartApi.Notice['kind']> = Extract<cartApi.Notice, { kind: K }>;

const PriceChanged = ({
  notice: { was, now },
  line,
}: {
  readonly notice: Kind<'price_changed'>;
  readonly line: cartApi.CartLine;
}): JSX.Element => (
  <p>
    The price has changed since you added it:{' '}
    <del>
      <span class="vh">from </span>
      {money(was)}
    </del>{' '}
    <span aria-hidden="true">→</span> <span class="vh">to </span>
    <strong>{money(now)}</strong>.{' '}
    {BigInt(now.amount) > BigInt(line.unitPrice.amount)
      ? `It stays ${money(line.unitPrice)} for you if you order before ${clock(new Date(line.quoteExpiresAt))}.`
      : 'You will pay the new price.'}
  </p>
);

const StockShort = ({
  notice: { requested, left },
  line,
  name,
}: NoticesProps & { readonly notice: Kind<'stock_short'> }): JSX.Element => (
  <>
    <p>
      You asked for {requested}, and there {left === 1 ? 'is 1' : `are ${left}`} left.
    </p>
    {left > 0 && (
      <form method="post" action="/cart/update" data-once>
        <input type="hidden" name="csrf" value={csrfGap} />
        <input type="hidden" name="sku" value={line.sku} />
        <input type="hidden" name="quantity" value={left} />
        <button class="button-quiet" type="submit">
          Take {left}
          <span class="vh"> of {name}</span>
        </button>
      </form>
    )}
  </>
);

import type { MoneyJson } from '@hemline/money';
import type { JSX } from 'preact';
import { money } from '../../goods/price.tsx';
import type { CheckoutLine } from './checkout.page.tsx';

export type Totals = {
  readonly total: MoneyJson;
  /** Absent where only the total is known, as payments went away in between. */
  readonly parts?: {
    readonly subtotal: MoneyJson;
    readonly delivery: MoneyJson;
    readonly tax: MoneyJson;
  };
};

type SummaryProps = {
  readonly lines: readonly CheckoutLine[];
  readonly totals: Totals | undefined;
};

export const CheckoutSummary = ({ lines, totals }: SummaryProps): JSX.Element => (
  <aside class="summary" aria-labelledby="your-order">
    <h2 id="your-order">Your order</h2>
    <ul class="summary-lines">
      {lines.map(({ title, options, quantity, unitPrice, lineTotal }) => (
        <li>
          <span>
            {title}
            <span class="summary-options">
              {Object.values(options).join(', ')}
              {Object.keys(options).length > 0 && ' · '}
              {quantity} × {money(unitPrice)}
            </span>
          </span>
          <span class="price">{money(lineTotal)}</span>
        </li>
      ))}
    </ul>
    {totals && <TotalsTable totals={totals} />}
    <p class="summary-note">
      <a href="/cart">Change your bag</a>
    </p>
  </aside>
);

const TotalsTable = ({ totals: { total, parts } }: { readonly totals: Totals }): JSX.Element => (
  <dl class="totals">
    {parts && (
      <>
        <div>
          <dt>Goods</dt>
          <dd>{money(parts.subtotal)}</dd>
        </div>
        <div>
          <dt>Sending</dt>
          <dd>{parts.delivery.amount === '0' ? 'Free' : money(parts.delivery)}</dd>
        </div>
      </>
    )}
    <div class="totals-total">
      <dt>Total</dt>
      <dd>{money(total)}</dd>
    </div>
    {parts && (
      <div class="totals-tax">
        <dt>Tax in it</dt>
        <dd>{money(parts.tax)}</dd>
      </div>
    )}
  </dl>
);

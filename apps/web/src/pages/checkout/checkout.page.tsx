import type { paymentsApi } from '@hemline/contracts';
import type { MoneyJson } from '@hemline/money';
import type { JSX } from 'preact';
import { money } from '../../goods/price.tsx';
import { Document } from '../../layout/document.tsx';
import { GrainLine, Tape } from '../../layout/marks.tsx';
import type { Shop } from '../../layout/shop.ts';
import { csrfGap } from '../../rendering/template.ts';
import { AddressFields, CardChoice, ContactField, ErrorSummary } from './checkout-fields.tsx';
import type { FieldError, Values } from './checkout-form.ts';
import { CheckoutSummary, type Totals } from './checkout-summary.tsx';

export type CheckoutLine = {
  readonly sku: string;
  readonly title: string;
  readonly options: Readonly<Record<string, string>>;
  readonly quantity: number;
  readonly quote: string;
  readonly unitPrice: MoneyJson;
  readonly lineTotal: MoneyJson;
};

/** Something that she must know before she pays, in place of a surprise. */
export type CheckoutMessage = {
  readonly kind: 'wrong' | 'changed' | 'waiting';
  readonly title: string;
  readonly points: readonly string[];
  readonly link?: { readonly href: string; readonly title: string };
};

export type CheckoutProps = {
  readonly shop: Shop;
  readonly cart: { readonly id: string; readonly version: number };
  readonly lines: readonly CheckoutLine[];
  /** Undefined while payments does not answer: then there is nothing to agree to. */
  readonly totals: Totals | undefined;
  readonly values: Values;
  readonly errors: readonly FieldError[];
  readonly messages: readonly CheckoutMessage[];
  /** What payments has too few of: she can go on with the rest at one press. */
  readonly shortages?: readonly paymentsApi.Shortage[];
  /** Sent back with the form, so that the same press of the button is the same order. */
  readonly idempotencyKey: string;
};

export const CheckoutPage = (props: CheckoutProps): JSX.Element => {
  const { shop, lines, totals, messages, errors, shortages = [] } = props;
  return (
    <Document shop={shop} title={errors.length > 0 ? 'Something to put right' : 'Check out'}>
      <Tape at="Details and payment" />
      <h1>Check out</h1>
      {messages.map((message) => (
        <Message message={message} />
      ))}
      {shortages.length > 0 && <GoOnWithTheRest shortages={shortages} />}
      <ErrorSummary errors={errors} />
      <div class="checkout">
        <CheckoutSummary lines={lines} totals={totals} />
        {totals ? <PayForm {...props} totals={totals} /> : <CannotPayNow />}
      </div>
    </Document>
  );
};

const Message = ({ message }: { readonly message: CheckoutMessage }): JSX.Element => (
  <div class={`notice notice-${message.kind}`} role={message.kind === 'wrong' ? 'alert' : 'status'}>
    <h2>{message.title}</h2>
    {message.points.length === 1 ? (
      <p>{message.points[0]}</p>
    ) : (
      <ul>
        {message.points.map((point) => (
          <li>{point}</li>
        ))}
      </ul>
    )}
    {message.link && (
      <p>
        <a href={message.link.href}>{message.link.title}</a>
      </p>
    )}
  </div>
);

const GoOnWithTheRest = ({
  shortages,
}: {
  readonly shortages: readonly paymentsApi.Shortage[];
}): JSX.Element => (
  <form class="go-on" method="post" action="/cart/fit" data-once>
    <input type="hidden" name="csrf" value={csrfGap} />
    {shortages.map(({ sku, available }) => (
      <>
        <input type="hidden" name="sku" value={sku} />
        <input type="hidden" name="available" value={available} />
      </>
    ))}
    <button class="button" type="submit">
      Go on with what is here <GrainLine />
    </button>
  </form>
);

const CannotPayNow = (): JSX.Element => (
  <section class="cannot-pay" aria-labelledby="cannot-pay">
    <h2 id="cannot-pay">We cannot take payments at this moment.</h2>
    <p>
      Nothing has been charged, and nothing is lost: your bag stays as it is. It is usually a matter
      of a minute.
    </p>
    <p>
      <a class="button" href="/checkout">
        Try again
      </a>
    </p>
  </section>
);

const PayForm = (props: CheckoutProps & { readonly totals: Totals }): JSX.Element => {
  const { cart, lines, totals, values, errors, idempotencyKey } = props;
  const { total } = totals;
  return (
    <form
      class="pay"
      method="post"
      action="/checkout"
      novalidate
      data-once="Asking your bank…"
      aria-label="Your details and payment"
    >
      <input type="hidden" name="csrf" value={csrfGap} />
      <input type="hidden" name="key" value={idempotencyKey} />
      <input type="hidden" name="cart" value={cart.id} />
      <input type="hidden" name="version" value={cart.version} />
      <input type="hidden" name="total" value={total.amount} />
      <input type="hidden" name="currency" value={total.currency} />
      {lines.map(({ quote, quantity }) => (
        <>
          <input type="hidden" name="quote" value={quote} />
          <input type="hidden" name="quantity" value={quantity} />
        </>
      ))}
      <ContactField values={values} errors={errors} />
      <AddressFields values={values} errors={errors} />
      <CardChoice values={values} errors={errors} />
      <p class="pay-go">
        <button class="button button-wide" type="submit">
          Pay {money(total)}
        </button>
      </p>
      <p class="summary-note">Pressing twice, reloading or going back still makes one order.</p>
    </form>
  );
};

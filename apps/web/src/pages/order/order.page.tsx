import type { paymentsApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { money } from '../../goods/price.tsx';
import { Document } from '../../layout/document.tsx';
import { Tape } from '../../layout/marks.tsx';
import type { Shop } from '../../layout/shop.ts';
import { countryName } from '../checkout/checkout-form.ts';
import { orderNumber, timelineWords, toStory } from './order-story.ts';

export type OrderProps = {
  readonly shop: Shop;
  readonly order: paymentsApi.Order;
  /** The address that she can keep; it carries the right to see the order. */
  readonly link: string;
  readonly now: Date;
};

const dateTime = new Intl.DateTimeFormat('en-IE', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

export const OrderPage = ({ shop, order, link, now }: OrderProps): JSX.Element => {
  const story = toStory(order, now);
  return (
    <Document
      shop={shop}
      title={story.title}
      {...(story.refreshSeconds !== undefined && { refreshSeconds: story.refreshSeconds })}
    >
      <Tape at="Order" />
      <div class="order-head">
        <h1>{story.title}</h1>
        <p class="order-number">
          Order <strong>{orderNumber(order.id)}</strong>
          <span
            class={`order-status order-status-${order.status}`}
            data-order-status={order.status}
          >
            {story.status}
          </span>
        </p>
        {story.words.map((sentence) => (
          <p class="prose">{sentence}</p>
        ))}
        {story.goOn && (
          <p>
            <a class="button" href={story.goOn.href}>
              {story.goOn.title}
            </a>
          </p>
        )}
      </div>
      <div class="order">
        <Ordered order={order} />
        <Happened order={order} />
      </div>
      <section class="keep" aria-labelledby="keep">
        <h2 id="keep">Keep this link</h2>
        <p>It shows this order to whoever has it, so keep it to yourself.</p>
        <p>
          <a class="keep-link" href={link}>
            {link}
          </a>
        </p>
      </section>
    </Document>
  );
};

type PartProps = Pick<OrderProps, 'order'>;

const Ordered = ({ order }: PartProps): JSX.Element => (
  <section aria-labelledby="goods">
    <h2 id="goods">What you ordered</h2>
    <ul class="summary-lines">
      {order.lines.map((line) => (
        <li>
          <span>
            {line.title}
            <span class="summary-options">
              {line.quantity} × {money(line.unitPrice)}
            </span>
          </span>
          <span class="price">{money(line.lineTotal)}</span>
        </li>
      ))}
    </ul>
    <OrderTotals order={order} />
  </section>
);

const Happened = ({ order }: PartProps): JSX.Element => (
  <section aria-labelledby="timeline">
    <h2 id="timeline">What happened</h2>
    <ol class="timeline">
      {order.timeline.map(({ at, what }) => (
        <li>
          <span>{timelineWords(what)}</span>
          <time dateTime={at}>{dateTime.format(new Date(at))} UTC</time>
        </li>
      ))}
    </ol>
    <h2>Where it goes</h2>
    <Address order={order} />
  </section>
);

const OrderTotals = ({ order }: PartProps): JSX.Element => {
  const rows: readonly (readonly [string, string])[] = [
    ['Goods', money(order.subtotal)],
    ['Sending', order.delivery.amount === '0' ? 'Free' : money(order.delivery)],
  ];
  return (
    <dl class="totals">
      {rows.map(([title, amount]) => (
        <div>
          <dt>{title}</dt>
          <dd>{amount}</dd>
        </div>
      ))}
      <div class="totals-total">
        <dt>Total</dt>
        <dd>{money(order.total)}</dd>
      </div>
      <div class="totals-tax">
        <dt>Tax in it</dt>
        <dd>{money(order.tax)}</dd>
      </div>
      {order.captured.amount !== '0' && (
        <div>
          <dt>Paid</dt>
          <dd>{money(order.captured)}</dd>
        </div>
      )}
      {order.refunded.amount !== '0' && (
        <div>
          <dt>Given back</dt>
          <dd>{money(order.refunded)}</dd>
        </div>
      )}
    </dl>
  );
};

const Address = ({ order: { shippingAddress: to, email } }: PartProps): JSX.Element => (
  <>
    <address class="address">
      {[
        to.name,
        to.line1,
        to.line2,
        `${to.postalCode} ${to.city}`,
        to.region,
        countryName(to.country),
      ]
        .filter(Boolean)
        .map((line) => (
          <span>{line}</span>
        ))}
    </address>
    <p class="summary-note">Receipt to {email}</p>
  </>
);

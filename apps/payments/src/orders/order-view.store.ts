import type { paymentsApi } from '@hemline/contracts';
import type { Queryable } from '@hemline/postgres';
import { toPublicStatus } from '../payments/payment.ts';
import type { AttemptStatus, OrderStatus, PaymentStatus } from '../transitions.ts';

type Line = {
  sku: string;
  title: string;
  quantity: number;
  unit_price_minor: string;
  total_minor: string;
};

type Row = {
  id: string;
  order_status: OrderStatus;
  cart_id: string;
  cart_version: number;
  currency: string;
  subtotal_minor: bigint;
  delivery_minor: bigint;
  tax_minor: bigint;
  total_minor: bigint;
  captured_minor: bigint;
  refunded_minor: bigint;
  email: string;
  shipping_address: paymentsApi.Address;
  status: PaymentStatus;
  attempt_status: AttemptStatus;
  decline_code: string | null;
  action_url: string | null;
  lines: Line[];
  timeline: { at: string; what: string }[];
  as_of: Date;
};

/** All that an order's owner may see of it, from one snapshot. */
export const findView = async (
  db: Queryable,
  { id, tokenHash }: { readonly id: string; readonly tokenHash: Buffer },
): Promise<paymentsApi.Order | undefined> => {
  const { rows } = await db.query<Row>({
    name: 'orders.find_view',
    text: `
      select o.id, o.status as order_status, o.cart_id, o.cart_version, o.currency,
        o.subtotal_minor, o.delivery_minor, o.tax_minor, o.total_minor, p.captured_minor,
        (select coalesce(sum(amount_minor), 0)::bigint from refunds
          where order_id = o.id and status in ('pending', 'succeeded')) as refunded_minor,
        o.email, o.shipping_address, p.status, a.status as attempt_status, a.decline_code,
        a.action_url,
        (select json_agg(json_build_object('sku', sku, 'title', title, 'quantity', quantity,
            'unit_price_minor', unit_price_minor::text, 'total_minor', total_minor::text)
            order by line_number)
          from order_lines where order_id = o.id) as lines,
        (select json_agg(json_build_object('at', at, 'what', what) order by at, rank) from (
          select o.placed_at as at, 'placed' as what, 1 as rank
          union all select o.authorized_at, 'authorized', 3
          union all select o.paid_at, 'paid', 4
          union all select o.cancelling_at, 'cancelling', 5
          union all select o.cancelled_at, 'cancelled', 6
          union all select decided_at, 'declined', 2 from payment_attempts
            where order_id = o.id and status = 'declined'
          union all select coalesce(accepted_at, settled_at),
            case when sum(amount_minor) over (order by coalesce(accepted_at, settled_at), id)
              = p.captured_minor then 'refunded' else 'part_refunded' end, 7
            from refunds where order_id = o.id and status in ('pending', 'succeeded')
          union all select settled_at, 'refund_failed', 8 from refunds
            where order_id = o.id and status = 'failed'
          ) as moments where at is not null) as timeline,
        now() as as_of
      from orders o join payments p on p.order_id = o.id
      join payment_attempts a on a.order_id = o.id and a.attempt_number = p.attempt_number
      where o.id = $1 and o.token_hash = $2`,
    values: [id, tokenHash],
  });
  return rows[0] && toView(rows[0]);
};

const toView = (row: Row): paymentsApi.Order => {
  const status = toPublicStatus(row.status, row.attempt_status);
  const money = (amount: bigint | string) => ({
    amount: amount.toString(),
    currency: row.currency,
  });
  return {
    id: row.id,
    status: row.order_status,
    cart: { id: row.cart_id, version: row.cart_version },
    email: row.email,
    shippingAddress: row.shipping_address,
    lines: row.lines.map((line) => ({
      sku: line.sku,
      title: line.title,
      quantity: line.quantity,
      unitPrice: money(line.unit_price_minor),
      lineTotal: money(line.total_minor),
    })),
    subtotal: money(row.subtotal_minor),
    delivery: money(row.delivery_minor),
    tax: money(row.tax_minor),
    total: money(row.total_minor),
    captured: money(row.captured_minor),
    refunded: money(row.refunded_minor),
    payment: {
      status,
      ...(row.decline_code !== null && { declineCode: row.decline_code }),
      ...(status === 'requires_action' && row.action_url !== null && { actionUrl: row.action_url }),
    },
    timeline: row.timeline.map(({ at, what }) => ({ at: new Date(at).toISOString(), what })),
    asOf: row.as_of.toISOString(),
  };
};

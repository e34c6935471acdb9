import { moneySchema } from '@hemline/money';
import { z } from 'zod';
import { quantity, quote, sku, timestamp, uuid } from './fields.ts';

export const address = z.strictObject({
  name: z.string().trim().min(1).max(120),
  line1: z.string().trim().min(1).max(120),
  line2: z.string().trim().max(120).optional(),
  city: z.string().trim().min(1).max(80),
  region: z.string().trim().max(80).optional(),
  postalCode: z.string().trim().min(1).max(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code, such as "IE"'),
});
export type Address = z.infer<typeof address>;

const orderLineInput = z.strictObject({ quote, quantity });

export const placeOrder = z.strictObject({
  cart: z.strictObject({ id: uuid, version: z.int().positive() }),
  lines: z.array(orderLineInput).min(1).max(100),
  email: z.email().max(254),
  shippingAddress: address,
  /** The provider's name of a payment method (`pm_…`); card numbers are refused. */
  paymentMethod: z
    .string()
    .regex(/^pm_[A-Za-z0-9_]{1,200}$/, 'must be a payment method of the provider (pm_…)'),
  /** What the shopper was shown; another total is refused with 409 `orders.total_changed`. */
  expectedTotal: moneySchema,
  /**
   * The shop's page of orders, to which the bank sends her back where it wants to ask her (3-D Secure);
   * `/{id}?token=…` is added. Without it a card that needs that step cannot pay.
   */
  returnUrl: z
    .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
    .max(1000)
    .regex(/^[^?#]*$/, 'must have no query and no fragment')
    .optional(),
});
export type PlaceOrder = z.infer<typeof placeOrder>;

export const orderStatus = z.enum([
  'pending',
  'authorized',
  'paid',
  'part_refunded',
  'refunded',
  'cancelling',
  'cancelled',
]);
export type OrderStatus = z.infer<typeof orderStatus>;

export const paymentStatus = z.enum([
  'pending',
  'requires_action',
  'declined',
  'authorized',
  'captured',
  'voiding',
  'voided',
  'refunding',
  'refunded',
]);
export type PaymentStatus = z.infer<typeof paymentStatus>;

const orderLine = z.object({
  sku,
  title: z.string(),
  quantity: z.int(),
  unitPrice: moneySchema,
  lineTotal: moneySchema,
});
export type OrderLine = z.infer<typeof orderLine>;

export const orderPlaced = z.object({
  id: uuid,
  token: z.string(),
  status: orderStatus,
  total: moneySchema,
  lines: z.array(orderLine),
  payment: z.object({
    status: paymentStatus,
    /** Where her bank asks her, while the status is `requires_action`. */
    actionUrl: z.string().optional(),
  }),
});
export type OrderPlaced = z.infer<typeof orderPlaced>;

export const order = z.object({
  id: uuid,
  status: orderStatus,
  cart: z.object({ id: uuid, version: z.int() }),
  email: z.string(),
  shippingAddress: address,
  lines: z.array(orderLine),
  subtotal: moneySchema,
  delivery: moneySchema,
  /** Included in the total, as prices are shown with tax. */
  tax: moneySchema,
  total: moneySchema,
  captured: moneySchema,
  refunded: moneySchema,
  payment: z.object({
    status: paymentStatus,
    declineCode: z.string().optional(),
    actionUrl: z.string().optional(),
  }),
  timeline: z.array(z.object({ at: timestamp, what: z.string() })),
  asOf: timestamp,
});
export type Order = z.infer<typeof order>;

export const previewRequest = z.strictObject({
  lines: z.array(orderLineInput).min(1).max(100),
  shippingAddress: address.optional(),
});
export type PreviewRequest = z.infer<typeof previewRequest>;
export const preview = z.object({
  lines: z.array(orderLine),
  subtotal: moneySchema,
  delivery: moneySchema,
  tax: moneySchema,
  total: moneySchema,
});
export type Preview = z.infer<typeof preview>;

export const stock = z.object({
  sku,
  onHand: z.int(),
  held: z.int(),
  allocated: z.int(),
  available: z.int(),
  version: z.int(),
});
export type Stock = z.infer<typeof stock>;
/** What there is of one sku stands beside the list too, where one was asked for. */
export const stockList = stock.partial().extend({ items: z.array(stock) });
export const setStock = z.strictObject({ onHand: z.int().min(0).max(10_000_000) });
export type SetStock = z.infer<typeof setStock>;

/** The extension members of a 409 `stock.insufficient` problem. */
export const shortage = z.object({ sku, requested: z.int(), available: z.int() });
export type Shortage = z.infer<typeof shortage>;

export const refundStatus = z.enum([
  /** Large ones wait for a second person. */
  'awaiting_approval',
  'requested',
  /** The provider has it, and the money has left us; it arrives, or comes back. */
  'pending',
  'succeeded',
  'failed',
  'rejected',
]);
export type RefundStatus = z.infer<typeof refundStatus>;

const refundedLine = z.strictObject({ sku, quantity: z.int().min(1).max(9900) });

/** Either an amount, or lines: then what was paid for them. */
export const requestRefund = z
  .strictObject({
    amount: moneySchema
      .refine(({ amount }) => !/^(0|-)/.test(amount), 'must be more than zero')
      .optional(),
    lines: z
      .array(refundedLine)
      .min(1)
      .max(100)
      .refine(
        (lines) => new Set(lines.map((line) => line.sku)).size === lines.length,
        'must name each sku once',
      )
      .optional(),
    /** The goods of `lines` are here, and can be sold again. */
    restock: z.boolean().optional(),
    reason: z.string().trim().min(1).max(200),
  })
  .superRefine(({ amount, lines, restock }, { addIssue }) => {
    if ((amount === undefined) === (lines === undefined)) {
      addIssue({ code: 'custom', path: ['amount'], message: 'give either an amount or lines' });
    }
    if (restock !== undefined && lines === undefined) {
      addIssue({ code: 'custom', path: ['restock'], message: 'goes with lines' });
    }
  });
export type RequestRefund = z.infer<typeof requestRefund>;

export const refund = z.object({ id: uuid, status: refundStatus, amount: moneySchema });
export type Refund = z.infer<typeof refund>;

export const refundList = z.object({
  items: z.array(
    refund.extend({
      lines: z.array(z.object({ sku, quantity: z.int() })).nullable(),
      restock: z.boolean(),
      reason: z.string(),
      requestedBy: z.string(),
      requestedAt: timestamp,
      /** Who confirmed or rejected it, where two persons are needed. */
      decidedBy: z.string().nullable(),
      providerReference: z.string().nullable(),
      failure: z.string().nullable(),
    }),
  ),
  captured: moneySchema,
  /** What left us, of which some may still be on its way. */
  refunded: moneySchema,
  /** What disputes have taken: open or lost. */
  disputed: moneySchema,
  /** What can still be asked for. */
  left: moneySchema,
  disputes: z.array(
    z.object({ id: z.string(), status: z.enum(['open', 'won', 'lost']), amount: moneySchema }),
  ),
});
export type RefundList = z.infer<typeof refundList>;

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
  payment: z.object({ status: paymentStatus }),
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
  payment: z.object({ status: paymentStatus, declineCode: z.string().optional() }),
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

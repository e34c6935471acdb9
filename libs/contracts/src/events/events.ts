import { moneySchema } from '@hemline/money';
import { z } from 'zod';
import { options, sku, uuid } from '../http/fields.ts';
import { imageId } from '../http/images.ts';
import { defineEvent } from './envelope.ts';

// Facts carry ids and numbers, never addresses, names of people or card data. Objects are loose:
// a reader takes what it knows and leaves what a newer writer added. How they may change is told in
// the README of this library; `npm run contracts` publishes them, with the sentence that each has.

export const productChanged = defineEvent(
  'catalog.product.changed.v1',
  'catalog.products',
  z
    .looseObject({
      productId: uuid,
      handle: z.string(),
      title: z.string(),
      published: z.boolean(),
      variants: z.array(
        z.looseObject({
          sku,
          options,
          price: moneySchema,
          priceVersion: z.int().positive(),
          image: z.object({ id: imageId, alt: z.string() }).nullable(),
        }),
      ),
    })
    .describe('A product as it now stands. Subject: product id.'),
);
export type ProductChanged = z.infer<typeof productChanged.schema>;

export const productDeleted = defineEvent(
  'catalog.product.deleted.v1',
  'catalog.products',
  z
    .looseObject({ productId: uuid, handle: z.string(), skus: z.array(sku) })
    .describe('A product left the catalog. Subject: product id.'),
);
export type ProductDeleted = z.infer<typeof productDeleted.schema>;

export const quoteKeyPublished = defineEvent(
  'catalog.quote_key.published.v1',
  'catalog.quote-keys',
  z
    .looseObject({
      kid: z.string(),
      jwk: z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
    })
    .describe('A public key with which quotes are checked. Subject: key id.'),
);
export type QuoteKeyPublished = z.infer<typeof quoteKeyPublished.schema>;

export const stockChanged = defineEvent(
  'payments.stock.changed.v1',
  'payments.stock',
  z
    .looseObject({
      sku,
      onHand: z.int(),
      held: z.int(),
      allocated: z.int(),
      available: z.int(),
    })
    .describe('The stock of a sku as it now stands. Subject: sku.'),
);
export type StockChanged = z.infer<typeof stockChanged.schema>;

const orderFact = z.looseObject({
  orderId: uuid,
  cartId: uuid,
  cartVersion: z.int().positive(),
  total: moneySchema,
});

export const orderPlaced = defineEvent(
  'payments.order.placed.v1',
  'payments.orders',
  orderFact
    .extend({ lines: z.array(z.looseObject({ sku, quantity: z.int() })) })
    .describe(
      'An order exists, its stock is held, its payment is not yet known. Subject: order id.',
    ),
);
export type OrderPlaced = z.infer<typeof orderPlaced.schema>;

export const orderAuthorized = defineEvent(
  'payments.order.authorized.v1',
  'payments.orders',
  orderFact.describe('The provider holds the money for us. Subject: order id.'),
);
export type OrderAuthorized = z.infer<typeof orderAuthorized.schema>;

export const orderPaid = defineEvent(
  'payments.order.paid.v1',
  'payments.orders',
  orderFact.describe('The money is ours and in the ledger. Subject: order id.'),
);
export type OrderPaid = z.infer<typeof orderPaid.schema>;

export const orderCancelled = defineEvent(
  'payments.order.cancelled.v1',
  'payments.orders',
  orderFact
    .extend({ reason: z.string() })
    .describe("The order ended without the shopper's money. Subject: order id."),
);
export type OrderCancelled = z.infer<typeof orderCancelled.schema>;

const refundFact = orderFact.extend({
  refundId: uuid,
  amount: moneySchema,
  /** All that was given back of this order until now, and did not come back. */
  refunded: moneySchema,
});

export const orderRefundRequested = defineEvent(
  'payments.order.refund_requested.v1',
  'payments.orders',
  refundFact.describe('A refund is on record, and will be sent. Subject: order id.'),
);
export type OrderRefundRequested = z.infer<typeof orderRefundRequested.schema>;

export const orderPartRefunded = defineEvent(
  'payments.order.part_refunded.v1',
  'payments.orders',
  refundFact.describe('Part of the money went back, and is in the ledger. Subject: order id.'),
);
export type OrderPartRefunded = z.infer<typeof orderPartRefunded.schema>;

export const orderRefunded = defineEvent(
  'payments.order.refunded.v1',
  'payments.orders',
  refundFact.describe('All of the money has gone back. Subject: order id.'),
);
export type OrderRefunded = z.infer<typeof orderRefunded.schema>;

export const orderRefundFailed = defineEvent(
  'payments.order.refund_failed.v1',
  'payments.orders',
  refundFact.describe(
    'A refund was refused, or its money came back to us; it can be asked for again. Subject: order id.',
  ),
);
export type OrderRefundFailed = z.infer<typeof orderRefundFailed.schema>;

export const assetStored = defineEvent(
  'images.asset.stored.v1',
  'images.assets',
  z
    .looseObject({
      imageId,
      width: z.int().positive(),
      height: z.int().positive(),
      placeholder: z.string(),
    })
    .describe('The original of a picture is stored. Subject: image id.'),
);
export type AssetStored = z.infer<typeof assetStored.schema>;

export const cartClosed = defineEvent(
  'cart.cart.closed.v1',
  'cart.carts',
  z
    .looseObject({ cartId: uuid, orderId: uuid })
    .describe('A cart was bought and takes no more lines. Subject: cart id.'),
);
export type CartClosed = z.infer<typeof cartClosed.schema>;

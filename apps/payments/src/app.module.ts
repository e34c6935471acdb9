import { QuoteVerifier, staffModule } from '@hemline/auth';
import { topics } from '@hemline/contracts';
import { messagingModule } from '@hemline/messaging';
import { Database, postgresModule } from '@hemline/postgres';
import { LOGGER, type Logger } from '@hemline/telemetry';
import type { DynamicModule } from '@nestjs/common';
import { Baskets } from './checkout/baskets.ts';
import { CheckoutController } from './checkout/checkout.controller.ts';
import { Checkout } from './checkout/checkout.service.ts';
import { Payer } from './checkout/payer.ts';
import { Placing } from './checkout/placing.ts';
import { CONFIG, type Config } from './config.ts';
import { Actions } from './driver/actions.ts';
import { ApplyDispute } from './disputes/apply-dispute.ts';
import { DRIVER_DATABASE } from './driver/driver-database.ts';
import { Driver } from './driver/driver.ts';
import { PAYMENT_GATEWAY } from './gateway/payment-gateway.ts';
import { StripeGateway } from './gateway/stripe-gateway.ts';
import { KILL_POINTS, killPoints } from './kill-points.ts';
import { BooksController } from './ledger/books.controller.ts';
import { LedgerController } from './ledger/ledger.controller.ts';
import { Cancellation } from './orders/cancellation.ts';
import { OrderTokens } from './orders/order-token.ts';
import { Returning } from './orders/returning.ts';
import { OrdersController } from './orders/orders.controller.ts';
import { ApplyPspState } from './payments/apply-psp-state.ts';
import { QuoteKeysConsumer } from './quotes/quote-keys.consumer.ts';
import * as quoteKeys from './quotes/quote-keys.store.ts';
import { ApplyRefundState } from './refunds/apply-refund-state.ts';
import { Refunding } from './refunds/refunding.ts';
import { RefundsController } from './refund-requests/refund-requests.controller.ts';
import { Approvals } from './refund-requests/approvals.service.ts';
import { Refunds } from './refund-requests/refund-requests.service.ts';
import { StaffActionsController } from './staff-actions/staff-actions.controller.ts';
import { StockController } from './stock/stock.controller.ts';
import { PspEvents } from './webhooks/psp-events.ts';
import { WebhookInbox } from './webhooks/webhook-inbox.ts';
import { WebhooksController } from './webhooks/webhooks.controller.ts';

const quoteKeysTopic = 'catalog.quote-keys' satisfies keyof typeof topics;

/** The steps of the protocol, and what takes them. */
const steps = [
  Baskets,
  Checkout,
  Placing,
  Payer,
  ApplyPspState,
  Cancellation,
  Returning,
  Driver,
  Actions,
  Refunds,
  Approvals,
  Refunding,
  ApplyRefundState,
  ApplyDispute,
  PspEvents,
  WebhookInbox,
];

/** The composition root: the whole of payments on one page. */
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        postgresModule({ url: config.DATABASE_URL, name: 'payments', max: config.API_CONNECTIONS }),
        messagingModule({
          app: 'payments',
          databaseUrl: config.DATABASE_URL,
          events: config,
          topics: [quoteKeysTopic],
        }),
        staffModule(config.STAFF_JWKS),
      ],
      controllers: [
        CheckoutController,
        OrdersController,
        RefundsController,
        StockController,
        LedgerController,
        BooksController,
        StaffActionsController,
        WebhooksController,
        QuoteKeysConsumer,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: KILL_POINTS, useValue: killPoints(config.KILL_AT, config.NODE_ENV) },
        { provide: OrderTokens, useFactory: () => new OrderTokens(config.TOKEN_SECRET) },
        {
          provide: DRIVER_DATABASE,
          useFactory: (logger: Logger) =>
            new Database({
              url: config.DATABASE_URL,
              name: 'payments driver',
              max: config.DRIVER_CONNECTIONS,
              logger,
            }),
          inject: [LOGGER],
        },
        {
          provide: PAYMENT_GATEWAY,
          useFactory: (logger: Logger) =>
            new StripeGateway({
              secretKey: config.PSP_SECRET_KEY,
              apiUrl: config.PSP_API_URL,
              timeoutMs: config.PSP_TIMEOUT_MS,
              logger,
            }),
          inject: [LOGGER],
        },
        {
          provide: QuoteVerifier,
          useFactory: (database: Database) =>
            new QuoteVerifier((kid) => quoteKeys.find(database, kid)),
          inject: [Database],
        },
        ...steps,
      ],
    };
  }
}

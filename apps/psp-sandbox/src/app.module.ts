import { LOGGER, type Logger, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { AccountService } from './account/account.service.ts';
import { CONFIG, type Config, isSubscribed } from './config.ts';
import { FaultsController } from './faults/faults.controller.ts';
import { Faults } from './faults/faults.ts';
import { newId } from './new-id.ts';
import { JournalController } from './sandbox/journal.controller.ts';
import { RefundSettler } from './sandbox/refund-settler.ts';
import { SandboxController } from './sandbox/sandbox.controller.ts';
import { ThreeDSecureController } from './sandbox/three-d-secure.controller.ts';
import { BalanceController } from './v1/balance.controller.ts';
import { ChargesController } from './v1/charges.controller.ts';
import { DisputesController } from './v1/disputes.controller.ts';
import { EventsController } from './v1/events.controller.ts';
import { PaymentIntentsController } from './v1/payment-intents.controller.ts';
import { RefundsController } from './v1/refunds.controller.ts';
import { WebhookSender } from './webhooks/webhook-sender.ts';

/** The whole sandbox: one account, its journal, what is said of it, and what goes wrong with it. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    const { WEBHOOK_URL: url, WEBHOOK_SECRET: secret, WEBHOOK_EVENTS: patterns } = config;
    const endpoint = url === undefined || secret === undefined ? undefined : { url, secret };
    return {
      module: AppModule,
      controllers: [
        PaymentIntentsController,
        RefundsController,
        ChargesController,
        DisputesController,
        EventsController,
        BalanceController,
        JournalController,
        FaultsController,
        SandboxController,
        ThreeDSecureController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        Faults,
        {
          provide: AccountService,
          inject: [LOGGER],
          useFactory: (logger: Logger) =>
            AccountService.open({
              journalPath: config.JOURNAL_PATH,
              logger,
              now: Date.now,
              newId,
              publicUrl: config.PUBLIC_URL ?? `http://localhost:${config.PORT}`,
              isSubscribed: (type) => endpoint !== undefined && isSubscribed(patterns, type),
            }),
        },
        {
          provide: WebhookSender,
          inject: [AccountService, Faults, LOGGER, METRICS],
          useFactory: (
            accounts: AccountService,
            faults: Faults,
            logger: Logger,
            metrics: MetricsRegistry,
          ) => new WebhookSender({ accounts, faults, endpoint, logger, metrics }),
        },
        {
          provide: RefundSettler,
          inject: [AccountService, LOGGER],
          useFactory: (accounts: AccountService, logger: Logger) =>
            new RefundSettler(accounts, logger),
        },
      ],
    };
  }
}

import { readConfig } from '@hemline/http';
import { type AppOfEvents, runAppEvents } from '@hemline/messaging';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { projections } from './projections.ts';

/** What events need of payments: its handlers, and which of its tables are copies. */
export const paymentsEvents: AppOfEvents = {
  app: 'payments',
  projections,
  module: (env) => AppModule.with(readConfig('payments', configSchema, env)),
};

if (import.meta.main) await runAppEvents(paymentsEvents);

import { readConfig } from '@hemline/http';
import { type AppOfEvents, runAppEvents } from '@hemline/messaging';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { projections } from './projections.ts';

/** What events need of cart: its handlers, and which of its tables are copies. */
export const cartEvents: AppOfEvents = {
  app: 'cart',
  projections,
  module: (env) => AppModule.with(readConfig('cart', configSchema, env)),
};

if (import.meta.main) await runAppEvents(cartEvents);

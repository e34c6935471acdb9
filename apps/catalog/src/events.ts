import { readConfig } from '@hemline/http';
import { type AppOfEvents, runAppEvents } from '@hemline/messaging';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { projections } from './projections.ts';

/** What events need of catalog: its handlers, and which of its tables are copies. */
export const catalogEvents: AppOfEvents = {
  app: 'catalog',
  projections,
  module: (env) => AppModule.with(readConfig('catalog', configSchema, env)),
};

if (import.meta.main) await runAppEvents(catalogEvents);

import { readConfig } from '@hemline/http';
import { type AppOfEvents, runAppEvents } from '@hemline/messaging';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';

/** Images tells events and copies none; the commands are here so that its container has them too. */
export const imagesEvents: AppOfEvents = {
  app: 'images',
  projections: {},
  module: (env) => AppModule.with(readConfig('images', configSchema, env)),
};

if (import.meta.main) await runAppEvents(imagesEvents);

import { type RunningService, readConfig, run, startService } from '@hemline/http';
import { EventServer, connectEvents } from '@hemline/messaging';
import { Database } from '@hemline/postgres';
import { KnownUrls } from './browse/known-urls.ts';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { problems } from './problems.ts';

/** Starts catalog with the settings of `env`; see `config.ts` for what they are. */
export const start = (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = readConfig('catalog', configSchema, env);
  return startService({
    name: 'catalog',
    config,
    module: AppModule.with(config),
    problems,
    // A product of 250 variants with a long description is larger than what most services take.
    bodyLimitBytes: 512 * 1024,
    readiness: (app) => ({
      database: () => app.get(Database).ping(),
      events: () => app.get(EventServer).ping(),
    }),
    configure: (app) => {
      connectEvents(app);
      app.get(KnownUrls).answerThrough(app.getHttpAdapter().getInstance());
    },
  });
};

if (import.meta.main) await run(start);

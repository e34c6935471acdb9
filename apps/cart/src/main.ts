import { readConfig, run, startService, type RunningService } from '@hemline/http';
import { EventServer, connectEvents } from '@hemline/messaging';
import { Database } from '@hemline/postgres';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { problems } from './problems.ts';

/** Starts cart with the settings of `env`; see `config.ts` for what they are. */
export const start = (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = readConfig('cart', configSchema, env);
  return startService({
    name: 'cart',
    config,
    module: AppModule.with(config),
    problems,
    readiness: (app) => ({
      database: () => app.get(Database).ping(),
      events: () => app.get(EventServer).ping(),
    }),
    configure: connectEvents,
  });
};

if (import.meta.main) await run(start);

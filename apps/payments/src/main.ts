import { readConfig, run, type RunningService, startService } from '@hemline/http';
import { connectEvents, EventServer } from '@hemline/messaging';
import { Database } from '@hemline/postgres';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { problems } from './problems.ts';

/** Starts payments with the settings of `env`; see `config.ts` for what they are. */
export const start = (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = readConfig('payments', configSchema, env);
  return startService({
    name: 'payments',
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

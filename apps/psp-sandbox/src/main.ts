import { ConfigError, type RunningService, readConfig, run, startService } from '@hemline/http';
import { AccountService } from './account/account.service.ts';
import { AppModule } from './app.module.ts';
import { configSchema } from './config.ts';
import { problems } from './problems.ts';
import { speakStripe } from './exchange/stripe-http.ts';

/** Starts the stand-in for Stripe with the settings of `env`; see `config.ts` for what they are. */
export const start = async (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  if (env['NODE_ENV'] === 'production') {
    throw new ConfigError(
      'psp-sandbox does not start where NODE_ENV is production: it approves cards that do not exist. Leave PSP_API_URL unset so that payments calls Stripe, or set NODE_ENV to something else for a trial.',
    );
  }
  const config = readConfig('psp-sandbox', configSchema, env);
  return startService({
    name: 'psp-sandbox',
    config,
    module: AppModule.with(config),
    problems,
    readiness: (app) => ({ journal: async () => app.get(AccountService).check() }),
    configure: speakStripe,
  });
};

if (import.meta.main) await run(start);

import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { type RunningService, readConfig, run, startService } from '@hemline/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { type Config, configSchema } from './config.ts';
import { ErrorPageFilter } from './pages/error/error.filter.ts';
import { problems } from './problems.ts';
import { Cookies } from './security/cookies.ts';
import { guardForms } from './security/form-guard.ts';
import { securityHeaders } from './security/headers.ts';

/** A checkout form carries a signed quote of at most 2 KB for each of 100 lines. */
const bodyLimitBytes = 256 * 1024;

const secure =
  (config: Config) =>
  async (app: NestFastifyApplication): Promise<void> => {
    const headers = securityHeaders(config);
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
    fastify.addHook('preHandler', guardForms(app.get(Cookies), new URL(config.PUBLIC_URL).origin));
    // After the runtime's own filter, and therefore before it: shoppers get pages, not problem documents.
    app.useGlobalFilters(app.get(ErrorPageFilter));
    await app.register(cookie);
    await app.register(formbody, { bodyLimit: bodyLimitBytes });
  };

/** Starts web with the settings of `env`; see `config.ts` for what they are. */
export const start = (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = readConfig('web', configSchema, env);
  return startService({
    name: 'web',
    config,
    module: AppModule.with(config),
    problems,
    bodyLimitBytes,
    configure: secure(config),
  });
};

if (import.meta.main) await run(start);

import { readConfig, run, startService, type RunningService } from '@hemline/http';
import { EventServer, connectEvents } from '@hemline/messaging';
import { Database } from '@hemline/postgres';
import { AppModule } from './app.module.ts';
import { acceptPictures } from './assets/uploads.ts';
import { configSchema } from './config.ts';
import { problems } from './problems.ts';
import { IMAGE_STORE, type ImageStore } from './storage/image-store.ts';

/** Starts images with the settings of `env`; see `config.ts` for what they are. */
export const start = (env: NodeJS.ProcessEnv): Promise<RunningService> => {
  const config = readConfig('images', configSchema, env);
  return startService({
    name: 'images',
    config,
    module: AppModule.with(config),
    problems,
    readiness: (app) => ({
      database: () => app.get(Database).ping(),
      events: () => app.get(EventServer).ping(),
      'image store': () => app.get<ImageStore>(IMAGE_STORE).ping(),
    }),
    configure: (app) => {
      acceptPictures(app);
      connectEvents(app);
    },
  });
};

if (import.meta.main) await run(start);

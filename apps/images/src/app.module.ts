import { staffModule } from '@hemline/auth';
import { messagingModule } from '@hemline/messaging';
import { postgresModule } from '@hemline/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { AssetsController } from './assets/assets.controller.ts';
import { AssetsService } from './assets/assets.service.ts';
import { AssetsStore } from './assets/assets.store.ts';
import type { Config } from './config.ts';
import { DerivativesController } from './derivatives/derivatives.controller.ts';
import { DerivativesService } from './derivatives/derivatives.service.ts';
import { Preparer } from './derivatives/preparer.ts';
import { DiskStore } from './storage/disk-store.ts';
import { IMAGE_STORE, type ImageStore } from './storage/image-store.ts';
import { PictureWorkers } from './workers/picture-workers.ts';

/** The SDK for S3 is loaded only where it is used: it is larger than all the rest of this service. */
const openStore = async (config: Config): Promise<ImageStore> => {
  if (config.IMAGE_STORE === 'disk') return new DiskStore(config.IMAGE_DIR);
  const { S3Store } = await import('./storage/s3-store.ts');
  return new S3Store(config);
};

/** Images on one page. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        postgresModule({ url: config.DATABASE_URL, name: 'images' }),
        messagingModule({
          app: 'images',
          databaseUrl: config.DATABASE_URL,
          events: config,
          topics: [],
        }),
        staffModule(config.STAFF_JWKS),
      ],
      controllers: [AssetsController, DerivativesController],
      providers: [
        AssetsService,
        AssetsStore,
        DerivativesService,
        PictureWorkers,
        Preparer,
        { provide: IMAGE_STORE, useFactory: () => openStore(config) },
      ],
    };
  }
}

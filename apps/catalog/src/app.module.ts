import { staffModule } from '@hemline/auth';
import { events } from '@hemline/contracts';
import { messagingModule } from '@hemline/messaging';
import { postgresModule } from '@hemline/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { AnswerSender } from './browse/answer-sender.ts';
import { Answers } from './browse/answers.ts';
import { BrowseController } from './browse/browse.controller.ts';
import { BrowseService } from './browse/browse.service.ts';
import { DetailStore } from './browse/detail.store.ts';
import { FacetsStore } from './browse/facets.store.ts';
import { KnownUrls } from './browse/known-urls.ts';
import { ListStore } from './browse/list.store.ts';
import { SharedRedis } from './caching/shared-redis.ts';
import { CONFIG, type Config } from './config.ts';
import { CopiesConsumer } from './copies/copies.consumer.ts';
import { CopiesStore } from './copies/copies.store.ts';
import { ProductsController } from './products/products.controller.ts';
import { ProductsService } from './products/products.service.ts';
import { ProductsStore } from './products/products.store.ts';
import { QuoteKeysService } from './quotes/quote-keys.service.ts';
import { QuoteKeysStore } from './quotes/quote-keys.store.ts';
import { QuotesController } from './quotes/quotes.controller.ts';
import { QuotesService } from './quotes/quotes.service.ts';
import { SearchStore } from './search/search.store.ts';

const stores = [
  CopiesStore,
  DetailStore,
  FacetsStore,
  ListStore,
  ProductsStore,
  QuoteKeysStore,
  SearchStore,
];
const services = [
  AnswerSender,
  Answers,
  BrowseService,
  KnownUrls,
  ProductsService,
  QuoteKeysService,
  QuotesService,
  SharedRedis,
];

/** Catalog on one page. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        postgresModule({ url: config.DATABASE_URL, name: 'catalog' }),
        messagingModule({
          app: 'catalog',
          databaseUrl: config.DATABASE_URL,
          events: config,
          topics: [events.stockChanged.topic, events.assetStored.topic],
        }),
        staffModule(config.STAFF_JWKS),
      ],
      controllers: [BrowseController, ProductsController, QuotesController, CopiesConsumer],
      providers: [{ provide: CONFIG, useValue: config }, ...stores, ...services],
    };
  }
}

import { randomUUID } from 'node:crypto';
import { QuoteVerifier } from '@hemline/auth';
import { events } from '@hemline/contracts';
import { messagingModule } from '@hemline/messaging';
import { Database, postgresModule } from '@hemline/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import { CartsController } from './carts/carts.controller.ts';
import { CartsService, NEW_ID } from './carts/carts.service.ts';
import { CartsStore } from './carts/carts.store.ts';
import { CartsSweeper } from './carts/carts.sweeper.ts';
import { LineRequestsStore } from './carts/line-requests.store.ts';
import type { Config } from './config.ts';
import { OrdersConsumer } from './orders/orders.consumer.ts';
import { OrdersService } from './orders/orders.service.ts';
import { PlacedOrdersStore } from './orders/placed-orders.store.ts';
import { ProductCopiesStore } from './products/product-copies.store.ts';
import { ProductsConsumer } from './products/products.consumer.ts';
import { StockConsumer } from './products/stock.consumer.ts';
import { StockCopiesStore } from './products/stock-copies.store.ts';
import { QuoteKeysConsumer } from './quotes/quote-keys.consumer.ts';
import { QuoteKeysStore } from './quotes/quote-keys.store.ts';

const consumers = [OrdersConsumer, ProductsConsumer, QuoteKeysConsumer, StockConsumer];
const stores = [
  CartsStore,
  LineRequestsStore,
  PlacedOrdersStore,
  ProductCopiesStore,
  QuoteKeysStore,
  StockCopiesStore,
];

/** Cart on one page. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        postgresModule({ url: config.DATABASE_URL, name: 'cart' }),
        messagingModule({
          app: 'cart',
          databaseUrl: config.DATABASE_URL,
          events: config,
          topics: [
            events.productChanged.topic,
            events.quoteKeyPublished.topic,
            events.stockChanged.topic,
            events.orderPaid.topic,
          ],
        }),
      ],
      controllers: [CartsController, ...consumers],
      providers: [
        ...stores,
        CartsService,
        CartsSweeper,
        OrdersService,
        { provide: NEW_ID, useValue: randomUUID },
        {
          provide: QuoteVerifier,
          useFactory: (database: Database, keys: QuoteKeysStore) =>
            new QuoteVerifier((kid) => keys.find(database, kid)),
          inject: [Database, QuoteKeysStore],
        },
      ],
    };
  }
}

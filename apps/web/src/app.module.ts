import { CopyAges, METRICS, type MetricsRegistry } from '@hemline/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { ASSETS, AssetsController } from './assets/assets.controller.ts';
import { loadAssets } from './assets/assets.ts';
import { CartClient } from './clients/cart.client.ts';
import { CatalogClient } from './clients/catalog.client.ts';
import { PaymentsClient } from './clients/payments.client.ts';
import { CONFIG, type Config } from './config.ts';
import { CategoryMenu } from './layout/category-menu.ts';
import { ShopFront } from './layout/shop-front.ts';
import { BagController } from './pages/bag/bag.controller.ts';
import { BagService } from './pages/bag/bag.service.ts';
import { CheckoutController } from './pages/checkout/checkout.controller.ts';
import { CheckoutLoader } from './pages/checkout/checkout.loader.ts';
import { PaymentService } from './pages/checkout/payment.service.ts';
import { ErrorPageFilter } from './pages/error/error.filter.ts';
import { HomeController } from './pages/home/home.controller.ts';
import { ListController } from './pages/list/list.controller.ts';
import { ListLoader } from './pages/list/list.loader.ts';
import { SuggestController } from './pages/list/suggest.controller.ts';
import { OrderController } from './pages/order/order.controller.ts';
import { ProductController } from './pages/product/product.controller.ts';
import { ProductLoader } from './pages/product/product.loader.ts';
import { SitemapController } from './pages/sitemap/sitemap.controller.ts';
import { PageSender } from './rendering/page-sender.ts';
import { Cookies } from './security/cookies.ts';

const controllers = [
  AssetsController,
  BagController,
  CheckoutController,
  HomeController,
  ListController,
  OrderController,
  ProductController,
  SitemapController,
  SuggestController,
];
const clients = [CartClient, CatalogClient, PaymentsClient];

/** The storefront on one page. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      controllers,
      providers: [
        ...clients,
        BagService,
        CategoryMenu,
        CheckoutLoader,
        Cookies,
        ErrorPageFilter,
        ListLoader,
        PageSender,
        PaymentService,
        ProductLoader,
        ShopFront,
        { provide: ASSETS, useFactory: loadAssets },
        { provide: CONFIG, useValue: config },
        {
          provide: CopyAges,
          useFactory: (metrics: MetricsRegistry) => new CopyAges(metrics),
          inject: [METRICS],
        },
      ],
    };
  }
}

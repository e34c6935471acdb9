import { type RunningService } from '@hemline/http';
import { start } from '../src/main.ts';
import { cart, cartId, list, product, preview, quote } from './builders.ts';
import { StandIn, problem } from './stand-in.ts';

export type TestShop = {
  readonly url: string;
  readonly catalog: StandIn;
  readonly carts: StandIn;
  readonly payments: StandIn;
  /** All services up again, with goods, an open bag and a price for it. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

export const token = 't'.repeat(22);

export const openShop = async (env: Readonly<Record<string, string>> = {}): Promise<TestShop> => {
  const [catalog, carts, payments] = [new StandIn(), new StandIn(), new StandIn()];
  const reset = async (): Promise<void> => {
    for (const standIn of [catalog, carts, payments]) {
      standIn.reset();
      await standIn.start();
    }
    catalog.on('GET /products', () => ({ body: list() }));
    catalog.on('GET /products/linen-shirt', () => ({ body: product() }));
    catalog.on('GET /products/nowhere', () => problem(404, 'products.not_found'));
    catalog.on('GET /categories', () => ({ body: { items: [] } }));
    catalog.on('POST /quotes', () => ({ body: { quotes: { 'IN-M': quote('IN-M') } } }));
    carts.on('POST /carts', () => ({ status: 201, body: { ...cart({ lines: [] }), token } }));
    carts.on(`GET /carts/${cartId}`, () => ({ body: cart() }));
    carts.on(`POST /carts/${cartId}/lines`, () => ({ body: cart() }));
    carts.on(`PUT /carts/${cartId}/lines`, () => ({ body: cart({ version: 4 }) }));
    carts.on(`DELETE /carts/${cartId}/lines`, () => ({
      body: cart({ lines: [], subtotal: null }),
    }));
    payments.on('POST /orders/preview', () => ({ body: preview() }));
  };
  await reset();
  const service: RunningService = await start({
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    CATALOG_URL: catalog.url,
    CART_URL: carts.url,
    PAYMENTS_URL: payments.url,
    IMAGES_PUBLIC_URL: 'https://pictures.example',
    PUBLIC_URL: 'http://hemline.example',
    ...env,
  });
  return {
    url: service.url,
    catalog,
    carts,
    payments,
    reset,
    close: async () => {
      await service.close();
      await Promise.all([catalog, carts, payments].map((standIn) => standIn.stop()));
    },
  };
};

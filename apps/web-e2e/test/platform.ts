import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { catalogApi, paymentsApi } from '@hemline/contracts';

/** The platform that a journey is made on, told by the `state.json` that `HEMLINE_STATE` names. */
export type Platform = {
  readonly web: string;
  readonly catalog: string;
  readonly cart: string;
  readonly payments: string;
  /** As its superuser, where the platform brought it. */
  readonly postgres: string | undefined;
  readonly staffToken: string;
};

const repository = resolve(import.meta.dirname, '../../..');

export const readPlatform = async (): Promise<Platform> => {
  const path = process.env['HEMLINE_STATE'];
  if (!path) throw new Error('HEMLINE_STATE must name the state.json of a started platform');
  const { services, postgres } = JSON.parse(await readFile(path, 'utf8')) as {
    services: Record<string, { url: string }>;
    postgres?: { url: string };
  };
  const url = (name: string): string => {
    const service = services[name];
    if (!service) throw new Error(`${path} does not know ${name}`);
    return service.url;
  };
  return {
    web: url('web'),
    catalog: url('catalog'),
    cart: url('cart'),
    payments: url('payments'),
    postgres: postgres?.url,
    staffToken: await printStaffToken(dirname(resolve(path))),
  };
};

const printStaffToken = async (dataFolder: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', 'tools/token.ts', '--role', 'admin', '--data', dataFolder],
    { cwd: repository },
  );
  return stdout.trim();
};

/**
 * Sets what may still be sold of a sku, as a shopkeeper would, so that a journey can watch it go down.
 * Units that other journeys have bought are there beside it, until they are shipped.
 */
export const setStock = async (
  { payments, staffToken }: Platform,
  sku: string,
  available: number,
): Promise<void> => {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${staffToken}`,
    };
    const response = await fetch(`${payments}${path}`, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`stock of ${sku}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const known = paymentsApi.stockList.parse(await call(`/stock?${new URLSearchParams({ sku })}`));
  const { held, allocated } = known.items[0] ?? { held: 0, allocated: 0 };
  const body = JSON.stringify({ onHand: held + allocated + available });
  await call(`/stock/${encodeURIComponent(sku)}`, { method: 'PUT', body });
};

export type Wanted = {
  readonly product: catalogApi.Product;
  readonly variant: catalogApi.Variant;
};

/** Goods in a colour and a size that can be bought now; each journey takes others. */
export const findWanted = async ({ catalog }: Platform, turn: number): Promise<Wanted> => {
  const response = await fetch(`${catalog}/products?sort=title&limit=100&inStock=true`);
  const { items } = catalogApi.productList.parse(await response.json());
  const found: Wanted[] = [];
  for (const { handle } of items) {
    const answer = await fetch(`${catalog}/products/${handle}`);
    const product = catalogApi.product.parse(await answer.json());
    const variant = product.variants.find(({ availability }) => availability.state === 'in_stock');
    const hasChoices = ['Colour', 'Size'].every((name) =>
      product.options.some((option) => option.name === name && option.values.length > 1),
    );
    if (variant && hasChoices) found.push({ product, variant });
    if (found.length > turn) break;
  }
  const wanted = found[turn];
  if (!wanted) throw new Error(`the shop has only ${found.length} products with colours and sizes`);
  return wanted;
};

export const wantedPath = ({ product, variant }: Wanted): string =>
  `/products/${product.handle}?${new URLSearchParams(variant.options)}`;

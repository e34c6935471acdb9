import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { catalogApi, paymentsApi } from '@hemline/contracts';
import sharp from 'sharp';
import type { State } from '../src/folder/state.ts';
import { eventually, findFreeRange } from './dummy-platform.ts';

jest.setTimeout(90_000);

const home = resolve(import.meta.dirname, '../../..');

interface Ended {
  readonly code: number | null;
  readonly summary: string;
  readonly said: string;
}

let folder: string;
let dataDir: string;
let photoDir: string;
let platform: ChildProcess;
let services: State['services'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hemline-import-'));
  dataDir = join(folder, 'data');
  photoDir = join(folder, 'photos');
  await mkdir(photoDir);
  await drawPhotos();
  const base = String(await findFreeRange());
  platform = run('infra/local/start.js', '--empty', '--data', dataDir, '--port-base', base);
  services = await eventually(async () => {
    const state = JSON.parse(await readFile(join(dataDir, 'state.json'), 'utf8')) as State;
    return state.services;
  }, 80);
});

afterAll(async () => {
  const ended = new Promise((done) => platform.once('exit', done));
  platform.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  spawn(process.execPath, ['--conditions=source', ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

function startImport(...args: string[]) {
  const child = run('tools/import.ts', 'shopify', ...args);
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code) => {
      const summary =
        out
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/ \([\d.]+ s\)$/, '') ?? '';
      done({ code, summary, said });
    });
  });
  return { child, ended };
}

const columns =
  'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,' +
  'Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,' +
  'Image Src,Variant Image';

async function importRows(...rows: string[]): Promise<Ended> {
  const file = join(folder, 'goods.csv');
  await writeFile(file, [columns, ...rows, ''].join('\n'));
  return startImport(file, '--photos', photoDir, '--data', dataDir).ended;
}

async function drawPhotos(): Promise<void> {
  const draw = (width: number, height: number, background: string) =>
    sharp({ create: { width, height, channels: 3, background } });
  await draw(60, 80, '#357').jpeg().toFile(join(photoDir, 'navy.jpeg'));
  await draw(60, 80, '#a33').png().toFile(join(photoDir, 'Red one.png'));
  await draw(20_000, 10, '#222').png().toFile(join(photoDir, 'wide.png'));
  const raw = { width: 200, height: 200, channels: 3 } as const;
  const noise = await sharp(randomBytes(200 * 200 * 3), { raw })
    .jpeg()
    .toBuffer();
  await writeFile(join(photoDir, 'cut.jpg'), noise.subarray(0, noise.length / 2));
  await writeFile(join(photoDir, 'text.jpg'), 'no picture');
}

const get = async <T>(url: string): Promise<T> => (await fetch(url)).json() as Promise<T>;
const getProduct = (handle: string) =>
  get<catalogApi.Product>(`${services.catalog.url}/products/${handle}`);
const getTotal = async () =>
  (await get<catalogApi.ProductList>(`${services.catalog.url}/products?limit=1`)).total;
const getOnHand = async (sku: string) => {
  const query = `sku=${encodeURIComponent(sku)}`;
  const { items } = await get<{ items: paymentsApi.Stock[] }>(
    `${services.payments.url}/stock?${query}`,
  );
  return items[0]?.onHand;
};
const euros = (amount: string) => ({ amount, currency: 'EUR' });
const toIssues = (said: string) => said.trim().split('\n');

const tee = [
  'tee,Linen tee,"<p onclick=""x()"">Soft,\nand cool</p><script>x()</script>",Maker,mens shirts,' +
    '"linen, summer",true,COLOR,Navy,\'001,shopify,4,36.00,48.00,' +
    'https://cdn.example.com/navy.jpg?v=1,https://cdn.example.com/navy.jpg?v=1',
  "tee,,,,,,,,Red,'002,shopify,-1,39.5,,https://cdn.example.com/Red%20one.jpg,",
  'tee,,,,,,,,,,,,,,https://cdn.example.com/side.jpg,',
];

describe('npm run import', () => {
  it('makes of rows a product with variants, prices, stock and photos', async () => {
    const { code, summary, said } = await importRows(...tee);
    expect([code, summary]).toEqual([
      0,
      'products: 1 new, 0 changed, 0 unchanged, 0 refused; ' +
        'variants: 2 new, 0 changed, 0 unchanged, 0 refused; ' +
        'photos: 2 new, 0 changed, 0 unchanged, 0 refused, 1 missing',
    ]);
    expect(toIssues(said)).toEqual([
      'note: line 4, Variant Inventory Qty: -1 is below zero, and taken as 0',
      'missing: line 5, Image Src: side.jpg',
    ]);
    const product = await getProduct('tee');
    expect(product).toMatchObject({
      title: 'Linen tee',
      vendor: 'Maker',
      category: 'mens/shirts',
      descriptionHtml: '<p>Soft,\nand cool</p>',
      options: [{ name: 'Color', values: ['Navy', 'Red'] }],
    });
    expect(product.variants).toMatchObject([
      { sku: '001', price: euros('3600'), compareAt: euros('4800') },
      { sku: '002', price: euros('3950') },
    ]);
    expect(product.images.map(({ alt, options }) => [alt, options])).toEqual([
      ['Linen tee', { Color: 'Navy' }],
      ['Linen tee', undefined],
    ]);
    expect([await getOnHand('001'), await getOnHand('002')]).toEqual([4, 0]);
  });

  it('changes nothing when it is done again, and only what is other in the file', async () => {
    const again = await importRows(...tee);
    expect([again.code, again.summary]).toEqual([
      0,
      'products: 0 new, 0 changed, 1 unchanged, 0 refused; ' +
        'variants: 0 new, 0 changed, 2 unchanged, 0 refused; ' +
        'photos: 0 new, 0 changed, 2 unchanged, 0 refused, 1 missing',
    ]);
    const other = tee.map((row) => row.replace('39.5', '40.00').replace(',4,', ',6,'));
    expect((await importRows(...other)).summary).toMatch(
      /^products: 0 new, 1 changed, .* variants: 0 new, 2 changed, 0 unchanged/,
    );
    expect(await getOnHand('001')).toBe(6);
  });

  it('tells of each bad row where and why, brings the rest, and exits with 1', async () => {
    const { code, summary, said } = await importRows(
      'mug,Mug,,Maker,Home,,true,Size,S,M1,shopify,1,8.00,,https://x/cut.jpg,',
      'mug,,,,,,,,L,M2,shopify,1,"8,00",,https://x/text.jpg,',
      'mug,,,,,,,,XL,M3,shopify,1,9.00,,https://x/wide.jpg,',
      'plate,Plate,,Maker,Home,,true,Title,Default Title,,,,12.00,,,',
      'mug,Mug again,,Maker,Home,,true,Title,Default Title,,,,1.00,,,',
      'short,Short',
      'bowl,"Bowl,,Maker,Home,,true,Title,Default Title,,,,5.00,,,',
    );
    expect([code, summary]).toEqual([
      1,
      'products: 2 new, 0 changed, 0 unchanged, 1 refused; ' +
        'variants: 3 new, 0 changed, 0 unchanged, 2 refused; ' +
        'photos: 0 new, 0 changed, 0 unchanged, 3 refused, 0 missing; ' +
        'rows that could not be read: 2',
    ]);
    expect(toIssues(said).toSorted()).toEqual([
      expect.stringContaining('refused: line 2, Image Src: cut.jpg: '),
      expect.stringContaining('refused: line 3, Image Src: text.jpg: '),
      'refused: line 3, Variant Price: "8,00" is not a price such as 129.00',
      expect.stringContaining('refused: line 4, Image Src: wide.png: '),
      'refused: line 6, Handle: mug is the handle of the product on line 2 already',
      'refused: line 7, Body (HTML): the row has 2 fields where the header has 16',
      'refused: line 8, Title: a quote is left open here, and the file ends in it',
    ]);
    expect((await getProduct('mug')).variants.map(({ sku }) => sku)).toEqual(['M1', 'M3']);
    expect((await getProduct('plate')).variants).toMatchObject([{ sku: 'plate', options: {} }]);
    expect(await getOnHand('plate')).toBe(100);
  });

  it('leaves as it was what a bad row may have told of', async () => {
    const cup = (price: string) => `cup,,,,,,,,L,C2,shopify,2,${price},,,`;
    const first = 'cup,Cup,,Maker,Home,,true,Size,S,C1,shopify,1,8.00,,,';
    expect((await importRows(first, cup('9.00'))).code).toBe(0);
    expect((await importRows(first, cup('free'))).code).toBe(1);
    expect((await getProduct('cup')).variants).toMatchObject([
      { sku: 'C1', price: euros('800') },
      { sku: 'C2', price: euros('900') },
    ]);
  });

  it('gives a sku that two products have to the first, this time and the next', async () => {
    const rows = [
      'one,One,,Maker,Home,,true,Size,S,SAME,shopify,1,8.00,,,',
      'two,Two,,Maker,Home,,true,Size,S,SAME,shopify,2,8.00,,,',
    ];
    const note =
      'note: line 3, Variant SKU: SAME is a sku of another product; two-s is taken instead\n';
    expect(await importRows(...rows)).toMatchObject({ code: 0, said: note });
    const again = await importRows(...rows);
    expect(again).toMatchObject({ code: 0, said: note });
    expect(again.summary).toMatch(/^products: 0 new, 0 changed, 2 unchanged/);
    expect([await getOnHand('SAME'), await getOnHand('two-s')]).toEqual([1, 2]);
  });

  it('can be stopped half-way, and is completed by the next', async () => {
    const file = join(folder, 'many.csv');
    const handles = Array.from({ length: 400 }, (_, i) => `basket-${i}`);
    const rows = handles.map(
      (handle) => `${handle},Basket,,Maker,Home,,true,Title,Default Title,,shopify,5,8.00,,,`,
    );
    await writeFile(file, [columns, ...rows].join('\n'));
    const before = await getTotal();
    const { child, ended } = startImport(file, '--photos', photoDir, '--data', dataDir);
    await eventually(async () => {
      if ((await getTotal()) < before + 10) throw new Error('has not begun');
    });
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    const count = Number(/^products: (\d+) new/.exec(stopped.summary)?.[1]);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(handles.length);
    const next = await startImport(file, '--photos', photoDir, '--data', dataDir).ended;
    expect(next.code).toBe(0);
    expect(next.summary).toContain(
      `products: ${400 - count} new, 0 changed, ${count} unchanged, 0 refused; ` +
        `variants: ${400 - count} new, 0 changed, ${count} unchanged, 0 refused`,
    );
  });

  it('begins nothing where no shop is open, or the file is none', async () => {
    const file = join(folder, 'goods.csv');
    const nowhere = join(folder, 'nowhere');
    await writeFile(file, `${columns}\n`);
    expect(await startImport(file, '--data', nowhere).ended).toMatchObject({
      code: 1,
      said: `No shop is open in ${nowhere}; start one by "npm start" first.\n`,
    });
    await writeFile(file, 'Handle,Title\n');
    expect(await startImport(file, '--data', dataDir).ended).toMatchObject({
      code: 2,
      said: `${file} has no column "Variant Price" (line 1). Nothing was imported.\n`,
    });
  });
});

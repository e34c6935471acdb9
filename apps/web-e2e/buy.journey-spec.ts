import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Platform, findWanted, readPlatform, setStock, wantedPath } from './test/platform.ts';
import { Shopper, openBrowser } from './test/shopper.ts';

let browser: Browser;
let platform: Platform;

beforeAll(async () => {
  [browser, platform] = await Promise.all([openBrowser(), readPlatform()]);
}, 30_000);
afterAll(() => browser.close());

/** Reloads until the page says it, and tells after how long it did. */
const waitForWords = async (shopper: Shopper, path: string, words: string): Promise<number> => {
  const startedAt = Date.now();
  while (Date.now() - startedAt < 15_000) {
    await shopper.page.goto(path);
    if (await shopper.page.getByText(words).first().isVisible()) break;
  }
  await shopper.page.getByText(words).first().waitFor({ timeout: 1_000 });
  return Date.now() - startedAt;
};

const ways = [
  { width: 390, script: true },
  { width: 390, script: false },
  { width: 1280, script: true },
  { width: 1280, script: false },
] as const;

describe.each(ways)('at $width pixels, script $script', (equipment) => {
  const turn = ways.indexOf(equipment);

  it('a shopper finds, chooses, is declined, pays, and sees the stock go down', async () => {
    const [first, second] = await Promise.all([
      findWanted(platform, turn * 2),
      findWanted(platform, turn * 2 + 1),
    ]);
    await setStock(platform, first.variant.sku, 3);
    const shopper = await Shopper.arrive(browser, platform.web, equipment);
    const { page } = shopper;
    try {
      await waitForWords(shopper, wantedPath(first), '3 left');

      await page.goto('/');
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.searchFor(first.product.title);
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.filterBy('Colour', first.variant.options['Colour'] ?? '');
      expect(await shopper.findFaults()).toEqual([]);
      await page
        .getByRole('region', { name: 'Goods' })
        .getByRole('link', { name: first.product.title })
        .first()
        .click();
      await page.getByRole('heading', { level: 1, name: first.product.title }).waitFor();
      await shopper.choose(first.variant.options);
      await page.getByText('3 left').waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.addToBag();
      expect(await shopper.findFaults()).toEqual([]);

      await page.goto(wantedPath(second));
      await shopper.addToBag();
      const lines = page.getByRole('listitem').filter({ has: page.getByRole('spinbutton') });
      expect(await lines.count()).toBe(2);
      const line = lines.filter({ hasText: second.product.title });
      await line.getByRole('spinbutton').fill('2');
      await line.getByRole('button', { name: /^Change/ }).click();
      await page.locator('.bag-count', { hasText: '3' }).waitFor();

      await page.getByRole('link', { name: 'Check out' }).click();
      await page.waitForURL(/\/checkout$/);
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.pay();
      await page.getByRole('heading', { name: /things to put right/ }).waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.fillIn('Card that the bank declines');
      await shopper.pay();
      await page.getByRole('heading', { name: 'Your bank said no.' }).waitFor();
      expect(await page.getByLabel('Street and number').inputValue()).toBe('4 Mill Lane');
      expect(await shopper.findFaults()).toEqual([]);

      await shopper.chooseCard('Visa that pays');
      await shopper.pay();
      await page.waitForURL(/\/orders\//);
      const placedAt = Date.now();
      const other = await Shopper.arrive(browser, platform.web, equipment);
      await waitForWords(other, wantedPath(first), '2 left');
      const staleMs = Date.now() - placedAt;
      await other.leave();
      expect(staleMs).toBeLessThan(2_000);
      expect(await shopper.findFaults()).toEqual([]);

      await page.locator('[data-order-status="paid"]').waitFor({ timeout: 15_000 });
      await page.getByRole('heading', { name: 'Thank you. It is paid.' }).waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      expect(await page.locator('.bag-count').count()).toBe(0);
      await page.goto('/cart');
      await page.getByText('Nothing in it yet.').waitFor();
      expect(await shopper.findFaults()).toEqual([]);
    } finally {
      await shopper.leave();
    }
  }, 120_000);
});

describe.each([true, false])('with script %s', (script) => {
  it('an impatient shopper presses twice, goes back, and has one order', async () => {
    const wanted = await findWanted(platform, 8 + Number(script));
    const shopper = await Shopper.arrive(browser, platform.web, { width: 390, script });
    const { page } = shopper;
    try {
      await page.goto(wantedPath(wanted));
      await shopper.addToBag();
      await page.goto('/checkout');
      await shopper.fillIn('Visa that pays');
      await page.getByRole('button', { name: /^Pay/ }).dblclick();
      await page.waitForURL(/\/orders\//);
      const { pathname } = new URL(page.url());
      await page.locator('[data-order-status="paid"]').waitFor({ timeout: 15_000 });
      await page.goBack();
      const button = page.getByRole('button', { name: /^Pay/ });
      if (!(await button.isVisible())) {
        // The browser asked for the page anew: there is nothing left in the bag to pay for.
        await page.getByText('Nothing in it yet.').waitFor();
        return;
      }
      await shopper.fillIn('Visa that pays');
      await button.click();
      await page.waitForURL(/\/orders\//);
      expect(new URL(page.url()).pathname).toBe(pathname);
    } finally {
      await shopper.leave();
    }
  }, 60_000);

  it('finds help where there is nothing', async () => {
    const shopper = await Shopper.arrive(browser, platform.web, { width: 390, script });
    try {
      await shopper.page.goto('/products?q=zzzzzz');
      await shopper.page.getByText('Nothing here fits that.').waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.page.goto('/no-such-page');
      await shopper.page.getByText('There is nothing here.').waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      await shopper.page.goto('/checkout');
      await shopper.page.getByText('Nothing in it yet.').waitFor();
    } finally {
      await shopper.leave();
    }
  }, 60_000);
});

it('a shopper who adds, takes out, and changes her mind has it back', async () => {
  const wanted = await findWanted(platform, 10);
  const shopper = await Shopper.arrive(browser, platform.web, { width: 1280, script: true });
  const { page } = shopper;
  try {
    await page.goto(wantedPath(wanted));
    await shopper.addToBag();
    await page.getByRole('button', { name: /^Take out/ }).click();
    await page.getByText(/^Taken out:/).waitFor();
    expect(await shopper.findFaults()).toEqual([]);
    await page.getByRole('button', { name: 'Put it back' }).click();
    await page.getByText('In your bag', { exact: true }).waitFor();
    expect(await page.locator('.bag-count').textContent()).toBe('1');
  } finally {
    await shopper.leave();
  }
}, 60_000);

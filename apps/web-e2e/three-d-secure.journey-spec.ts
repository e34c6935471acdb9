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

/** A shopper whose order waits for her bank to ask her, in front of the button that leads there. */
const order = async (turn: number, equipment: Parameters<typeof Shopper.arrive>[2]) => {
  const wanted = await findWanted(platform, turn);
  await setStock(platform, wanted.variant.sku, 50);
  const shopper = await Shopper.arrive(browser, platform.web, equipment);
  await shopper.page.goto(wantedPath(wanted));
  await shopper.addToBag();
  await shopper.page.goto('/checkout');
  await shopper.fillIn('Card whose bank wants to ask you first');
  await shopper.pay();
  await shopper.page.getByRole('heading', { name: 'Your bank wants to ask you first.' }).waitFor();
  return shopper;
};

const ways = [
  { width: 390, script: false },
  { width: 1280, script: true },
] as const;

describe.each(ways)('at $width pixels, script $script', (equipment) => {
  const turn = 12 + ways.indexOf(equipment);

  it('a shopper approves at her bank, comes back, twice, and has paid', async () => {
    const shopper = await order(turn, equipment);
    const { page } = shopper;
    try {
      expect(await shopper.findFaults()).toEqual([]);
      const { pathname } = new URL(page.url());
      await page.getByRole('link', { name: 'Go to your bank' }).click();
      await page.getByRole('heading', { name: 'Your bank asks' }).waitFor();
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.locator('[data-order-status="paid"]').waitFor({ timeout: 15_000 });
      expect(new URL(page.url()).pathname).toBe(pathname);
      expect(page.url()).not.toContain('payment_intent');
      expect(await shopper.findFaults()).toEqual([]);
      await page.goBack();
      await page.goForward();
      await page.locator('[data-order-status="paid"]').waitFor();
    } finally {
      await shopper.leave();
    }
  }, 60_000);

  it('a shopper refuses at her bank, is not charged, and pays with another card', async () => {
    const shopper = await order(turn, equipment);
    const { page } = shopper;
    try {
      await page.getByRole('link', { name: 'Go to your bank' }).click();
      await page.getByRole('button', { name: 'Refuse' }).click();
      await page.getByRole('heading', { name: 'Your bank said no.' }).waitFor();
      expect(await shopper.findFaults()).toEqual([]);
      await page.getByRole('link', { name: 'Pay with another card' }).click();
      await shopper.fillIn('Visa that pays');
      await shopper.pay();
      await page.locator('[data-order-status="paid"]').waitFor({ timeout: 15_000 });
    } finally {
      await shopper.leave();
    }
  }, 60_000);
});

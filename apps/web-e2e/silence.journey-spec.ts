import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type Platform, findWanted, readPlatform, setStock, wantedPath } from './test/platform.ts';
import { Shopper, openBrowser } from './test/shopper.ts';
import { type Silence, silencePayments } from './test/silence.ts';

let browser: Browser;
let platform: Platform;
let silence: Silence | undefined;

beforeAll(async () => {
  [browser, platform] = await Promise.all([openBrowser(), readPlatform()]);
}, 30_000);
afterAll(async () => {
  await silence?.end();
  await browser.close();
});

const again = 'We look again when you pay.';

/** Seconds since the copies of stock in catalog and in cart were known to be right. */
const readAges = (): Promise<number[]> =>
  Promise.all(
    (['catalog', 'cart'] as const).map(async (app) => {
      const text = await (await fetch(`${platform[app]}/metrics`)).text();
      const line = new RegExp(`^copy_age_seconds{copy="${app}.availability".* (.+)$`, 'm');
      return Number(line.exec(text)?.[1] ?? Number.NaN);
    }),
  );

const waitForAges = async (isRight: (seconds: number) => boolean): Promise<void> => {
  const until = Date.now() + 20_000;
  while (!(await readAges()).every(isRight) && Date.now() < until) await sleep(100);
  for (const age of await readAges()) expect([age, isRight(age)]).toEqual([age, true]);
};

it('while payments tells nothing, pages say so, and paying still knows what is there', async () => {
  const wanted = await findWanted(platform, 12);
  const { sku } = wanted.variant;
  const path = wantedPath(wanted);
  await setStock(platform, sku, 40);
  await waitForAges((age) => age < 2);
  const shopper = await Shopper.arrive(browser, platform.web, { width: 390, script: true });
  const { page } = shopper;
  const see = async (words: string | RegExp, where = path): Promise<void> => {
    for (let i = 0; i < 60; i += 1) {
      await page.goto(where);
      if (await page.getByText(words).first().isVisible()) break;
      await sleep(200);
    }
    await page.getByText(words).first().waitFor({ timeout: 1000 });
  };
  try {
    await see('In stock');
    expect(await page.getByText(again).count()).toBe(0);
    await shopper.addToBag();
    await page.getByRole('spinbutton').fill('2');
    await page.getByRole('button', { name: /^Change/ }).click();
    await page.locator('.bag-count', { hasText: '2' }).waitFor();

    silence = await silencePayments(platform);
    await setStock(platform, sku, 1);
    await waitForAges((age) => age > 3);
    const [before, later] = [await readAges(), await sleep(1000).then(readAges)];
    later.forEach((age, i) => expect(age).toBeGreaterThan((before[i] ?? 0) + 0.9));

    await see(/In stock when we last looked, at \d\d:\d\d UTC/);
    await page.getByText(again).waitFor();
    expect(await shopper.findFaults()).toEqual([]);
    for (const where of ['/products', '/cart']) {
      await see(`as we knew it at`, where);
      expect(await shopper.findFaults()).toEqual([]);
    }

    await page.goto('/checkout');
    await shopper.fillIn('Visa that pays');
    await shopper.pay();
    await page.getByRole('heading', { name: 'Someone was quicker.' }).waitFor();
    await page.getByText('you asked for 2, and 1 is left').waitFor();
    await page.getByRole('button', { name: /^Go on with what is here/ }).click();
    await shopper.fillIn('Visa that pays');
    await shopper.pay();
    await page.waitForURL(/\/orders\//);
    await page.locator('[data-order-status="paid"]').waitFor({ timeout: 15_000 });

    await silence.end();
    await waitForAges((age) => age < 2);
    await see(/^Sold out$/);
  } finally {
    await shopper.leave();
  }
}, 120_000);

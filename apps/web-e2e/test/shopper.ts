import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';

export type Equipment = { readonly width: 390 | 1280; readonly script: boolean };

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Keeps the browser to itself: nothing is fetched but what the pages ask for. */
const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const openBrowser = (): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_PATH'] ?? places.find(existsSync);
  if (!executablePath) throw new Error('Chromium is not installed: apt-get install chromium');
  return chromium.launch({ executablePath, args: quiet });
};

/** A person at a screen, who can be told what to do in her own words. */
export class Shopper {
  readonly page: Page;
  private readonly context: BrowserContext;
  private readonly equipment: Equipment;
  private readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page, equipment: Equipment) {
    this.context = context;
    this.page = page;
    this.equipment = equipment;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // Answers of 402 and 422 are part of the journey; a blocked script or style is not.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  static async arrive(browser: Browser, shop: string, equipment: Equipment): Promise<Shopper> {
    const context = await browser.newContext({
      baseURL: shop,
      viewport: { width: equipment.width, height: 844 },
      javaScriptEnabled: equipment.script,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(10_000);
    return new Shopper(context, await context.newPage(), equipment);
  }

  get isOnPhone(): boolean {
    return this.equipment.width === 390;
  }

  get hasScript(): boolean {
    return this.equipment.script;
  }

  /** What is wrong with this page: cut off, complaining, or found by axe (which needs script to look). */
  async findFaults(): Promise<string[]> {
    const { page, equipment } = this;
    await page.waitForLoadState('load');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    const faults = [...this.complaints];
    if (width !== equipment.width) faults.push(`${width} pixels wide`);
    if (equipment.script) {
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .options({ resultTypes: ['violations'] })
        .analyze();
      faults.push(...violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`));
    }
    return faults.map((fault) => `${page.url()}: ${fault}`);
  }

  async searchFor(words: string): Promise<void> {
    const field = this.page.getByRole(this.hasScript ? 'combobox' : 'searchbox', {
      name: 'Search the shop',
    });
    await field.fill(words);
    await this.page.getByRole('button', { name: 'Search', exact: true }).click();
    await this.page.waitForURL(/\/products\?q=/);
  }

  async filterBy(group: string, value: string): Promise<void> {
    if (this.isOnPhone) await this.page.locator('.filters > summary').click();
    const set = this.page.getByRole('group', { name: group, exact: true });
    const tick = set.getByRole('checkbox', { name: new RegExp(`^${value}\\b`) });
    if (!(await tick.isVisible())) await set.locator('summary').click();
    await tick.check();
    if (!this.hasScript) await this.page.getByRole('button', { name: 'Show these' }).click();
    await this.page.getByRole('list', { name: 'Chosen filters' }).getByText(value).waitFor();
  }

  async choose(options: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(options)) {
      const region = this.page.getByRole('region', { name: new RegExp(`^${name}`) });
      if ((await region.count()) === 0) continue;
      await region.getByRole('link', { name: value, exact: true }).click();
      await region.locator('[aria-current]').getByText(value, { exact: true }).waitFor();
    }
  }

  async addToBag(): Promise<void> {
    await this.page.getByRole('button', { name: 'Add to bag' }).click();
    await this.page.waitForURL(/\/cart/);
    await this.page.getByText('In your bag', { exact: true }).waitFor();
  }

  async fillIn(card: string): Promise<void> {
    const { page } = this;
    await page.getByLabel('E-mail').fill('jo@example.com');
    await page.getByLabel('Name', { exact: true }).fill('Jo Marsh');
    await page.getByLabel('Street and number').fill('4 Mill Lane');
    await page.getByLabel('Postcode').fill('D02 X285');
    await page.getByLabel('Town or city').fill('Dublin');
    await page.getByLabel('Country').selectOption('IE');
    await this.chooseCard(card);
  }

  async chooseCard(card: string): Promise<void> {
    await this.page.getByLabel(card).check();
  }

  async pay(): Promise<void> {
    await this.page.getByRole('button', { name: /^Pay/ }).click();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

import type { JSX } from 'preact';
import { Page } from './page.ts';

const maxVariants = 64;

/**
 * Pages rendered from an answer, kept as long as the answer itself is: one answer may be shown in
 * several ways (a product in each colour), and each is rendered once.
 */
export class RenderedPages {
  private readonly pages = new WeakMap<object, Map<string, Page>>();

  get(answer: object, variant: string, render: () => JSX.Element): Page {
    const variants = this.pages.get(answer) ?? new Map<string, Page>();
    const known = variants.get(variant);
    if (known) return known;
    const page = new Page(render());
    if (variants.size < maxVariants) variants.set(variant, page);
    this.pages.set(answer, variants);
    return page;
  }
}

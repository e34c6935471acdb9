import type { catalogApi } from '@hemline/contracts';
import { type BackOffice, Refused } from '../backoffice.ts';
import { isRefusal } from './fault.ts';
import type { Photos } from './photos.ts';
import {
  type FoundPicture,
  type Surroundings,
  compareVariant,
  toInput,
  toIssue,
} from './product-input.ts';
import type { Report } from './report.ts';
import { type Draft, makeDraft } from './draft/draft.ts';
import type { Group } from './shopify/groups.ts';
import type { BadRow, Issue } from './shopify/rows.ts';
import { deriveOtherSku, deriveSku } from './draft/sku.ts';
import type { Variant } from './draft/variants.ts';
import type { Tally } from './tally.ts';
import { Turns } from './turns.ts';

export interface ImporterOptions {
  readonly office: BackOffice;
  /** Absent where no folder of photos was named. */
  readonly photos?: Photos;
  readonly currency: string;
  readonly tally: Tally;
  readonly report: Report;
}

/** Its own sku, one derived, another derived, and one more for somebody who was quicker. */
const SKU_ATTEMPTS = 4;
/** As many as payments tells of at once. */
const STOCK_AT_ONCE = 100;

/**
 * Brings product by product: its photos, then itself, then its stock, so that whatever a shopper sees
 * is whole. Every step states what shall be, so an import can end anywhere and be done again.
 */
export class Importer {
  private readonly options: ImporterOptions;
  private readonly turns = new Turns();

  constructor(options: ImporterOptions) {
    this.options = options;
  }

  /** Called in the order of the file, which is who comes first to a sku that two products have. */
  async bring(item: Group | BadRow): Promise<void> {
    const { tally, report, currency } = this.options;
    if (item.kind === 'bad') {
      tally.addUnreadRow();
      report.refuse(item.issue);
      return;
    }
    const draft = makeDraft(item, currency);
    for (const issue of draft.refusals) report.refuse(issue);
    if (draft.kind === 'none') {
      tally.add('products', 'refused');
      tally.add('variants', 'refused', draft.variantCount);
      return;
    }
    const skus = draft.variants.map(({ sku }) => sku);
    await this.turns.take(skus, () => this.bringDraft(draft));
  }

  private async bringDraft(draft: Draft): Promise<void> {
    const { tally, report, office } = this.options;
    for (const note of draft.notes) report.note(note);
    tally.add('variants', 'refused', draft.refusedCount);
    const former = await office.findProduct(draft.handle);
    const pictures = await this.bringPictures(draft, former);
    const surroundings = { former, pictures };
    try {
      const { outcome, variants } = await this.put(draft, surroundings);
      tally.add('products', outcome === 'created' ? 'new' : outcome);
      await this.bringStock(variants, (variant) => {
        if (outcome !== 'changed') return outcome === 'created' ? 'new' : outcome;
        return former ? compareVariant(variant, former) : 'changed';
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const issue of toIssues(error, draft, pictures)) report.refuse(issue);
      tally.add('products', 'refused');
      tally.add('variants', 'refused', draft.variants.length);
    }
  }

  private async bringPictures(draft: Draft, former: catalogApi.Product | undefined) {
    const { photos, tally, report } = this.options;
    if (!photos) return undefined;
    const shown = new Set(former?.images.map(({ id }) => id));
    const found: FoundPicture[] = [];
    const missing: Issue[] = [];
    for (const picture of draft.pictures) {
      const { line, src } = picture;
      const outcome = await photos.bring(src, shown);
      tally.add('photos', outcome.kind);
      if ('id' in outcome) found.push({ ...picture, id: outcome.id });
      else if (outcome.kind === 'missing') missing.push({ line, column: 'Image Src', reason: src });
      else report.refuse({ line, column: 'Image Src', reason: outcome.reason });
    }
    if (missing.length > 0) report.miss(missing);
    return found;
  }

  /** A sku that another product has is theirs; this one's is derived from its handle instead. */
  private async put(draft: Draft, surroundings: Surroundings) {
    let { variants } = draft;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const input = toInput({ ...draft, variants }, surroundings);
        const { outcome } = await this.options.office.putProduct(draft.handle, input);
        this.tellNewSkus(draft, variants);
        return { outcome, variants };
      } catch (error) {
        const isTaken = error instanceof Refused && error.code === 'products.sku_taken';
        if (!isTaken || attempt === SKU_ATTEMPTS) throw error;
        const taken = new Set(error.errors.map(({ pointer }) => Number(pointer.split('/')[2])));
        variants = variants.map((variant, i) =>
          taken.has(i) ? rename(draft.handle, variant) : variant,
        );
      }
    }
  }

  private tellNewSkus(draft: Draft, variants: readonly Variant[]): void {
    for (const [i, { line, sku }] of variants.entries()) {
      const before = draft.variants[i]?.sku;
      if (before === sku) continue;
      const reason = `${before} is a sku of another product; ${sku} is taken instead`;
      this.options.report.note({ line, column: 'Variant SKU', reason });
    }
  }

  private async bringStock(
    variants: readonly Variant[],
    outcomeOf: (variant: Variant) => 'new' | 'changed' | 'unchanged',
  ): Promise<void> {
    const { office, tally, report } = this.options;
    for (let from = 0; from < variants.length; from += STOCK_AT_ONCE) {
      const some = variants.slice(from, from + STOCK_AT_ONCE);
      const known = await office.findStock(some.map(({ sku }) => sku));
      const onHand = new Map(known.map((stock) => [stock.sku, stock.onHand]));
      for (const variant of some) {
        const outcome = outcomeOf(variant);
        const isRight = onHand.get(variant.sku) === variant.onHand;
        try {
          if (!isRight) await office.putStock(variant.sku, variant.onHand);
          tally.add('variants', outcome === 'unchanged' && !isRight ? 'changed' : outcome);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          const { line } = variant;
          report.refuse({ line, column: 'Variant Inventory Qty', reason: error.message });
          tally.add('variants', 'refused');
        }
      }
    }
  }
}

function rename(handle: string, variant: Variant): Variant {
  const values = Object.values(variant.options);
  const derived = deriveSku(handle, values);
  const sku = variant.sku === derived ? deriveOtherSku(handle, values) : derived;
  return { ...variant, sku };
}

function toIssues(error: Refused, draft: Draft, pictures: readonly FoundPicture[] = []): Issue[] {
  if (error.errors.length > 0) return error.errors.map((each) => toIssue(each, draft, pictures));
  return [{ line: draft.line, column: 'Handle', reason: error.message }];
}

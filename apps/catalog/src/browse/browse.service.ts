import { catalogApi } from '@hemline/contracts';
import { Copies } from '@hemline/messaging';
import { Injectable } from '@nestjs/common';
import type { FacetsJson, Tree } from '../caching/encoding.ts';
import { QuotesService } from '../quotes/quotes.service.ts';
import { SearchStore, type Terms } from '../search/search.store.ts';
import { toPlain } from '../search/words.ts';
import { type Answer, toAnswer, toTimelessAnswer } from './answer.ts';
import { Answers } from './answers.ts';
import { encodeCursor, toFingerprint } from './cursor.ts';
import { type DetailRow, DetailStore } from './detail.store.ts';
import { toFacets, toTree } from './facets.ts';
import { FacetsStore } from './facets.store.ts';
import type { ListQuery } from './list-query.ts';
import { ListStore } from './list.store.ts';
import { toAvailability, toImage, toItem } from './overlay.ts';

const maxRelated = 4;
const maxSuggestions = 8;
const maxSuggestedCategories = 3;

/** Answers to people who look around, from memory where they are young enough. */
@Injectable()
export class BrowseService {
  constructor(
    private readonly answers: Answers,
    private readonly lists: ListStore,
    private readonly facets: FacetsStore,
    private readonly details: DetailStore,
    private readonly search: SearchStore,
    private readonly quotes: QuotesService,
    private readonly copies: Copies,
  ) {}

  list(query: ListQuery): Promise<Answer> {
    return this.answers.lists.get(query.key, () => this.makeList(query));
  }

  /** Undefined where there is no such product, or it is not published. */
  product(handle: string): Promise<Answer | undefined> {
    return this.answers.products.get(handle, () => this.makeProduct(handle));
  }

  suggest(text: string): Promise<Answer> {
    const plain = toPlain(text);
    return this.answers.suggestions.get(plain, () => this.makeSuggestions(plain));
  }

  async categories(): Promise<Answer> {
    return (await this.tree()).answer;
  }

  private async makeList(query: ListQuery): Promise<Answer> {
    const { filter, filterKey, sort, limit } = query;
    const stock = this.stockKnown();
    const terms = filter.q === '' ? null : await this.terms(filter.q);
    const [rows, { total, json: facets }] = await Promise.all([
      this.lists.findPage(query, terms),
      this.answers.facets.get(filterKey, () => this.makeFacets(query, terms)),
    ]);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    const next = last
      ? encodeCursor({ key: last.sort_key, id: last.id }, toFingerprint(sort, filterKey))
      : null;
    const items = JSON.stringify(
      page.map((row) => toItem(row, { stockAt: stock.at, chosen: filter.options })),
    );
    return toAnswer({
      json: `{"items":${items},"total":${total},"facets":${facets},"next":${JSON.stringify(next)}}`,
      asOf: rows[0]?.as_of ?? new Date(),
      stockFrom: stock.countsFrom,
    });
  }

  private async makeFacets({ filter }: ListQuery, terms: Terms | null): Promise<FacetsJson> {
    const { total, facets } = toFacets(await this.facets.count(filter, terms), filter);
    return { total, json: JSON.stringify(facets) };
  }

  private async makeProduct(handle: string): Promise<Answer | undefined> {
    const stock = this.stockKnown();
    const row = await this.details.find(handle);
    if (!row) return undefined;
    const [variants, related] = await Promise.all([
      this.makeVariants(row, stock.at),
      this.lists.findRelated(row.detail.category, { except: handle, limit: maxRelated }),
    ]);
    const product: Omit<catalogApi.Product, 'asOf'> = {
      ...row.detail,
      images: row.detail.images.map((image) => toImage(image, row.pictures)),
      variants,
      related: related.map((other) => toItem(other, { stockAt: stock.at })),
      version: row.version,
      createdAt: row.created_at.toISOString(),
    };
    return toAnswer({
      json: JSON.stringify(product),
      asOf: row.as_of,
      stockFrom: stock.countsFrom,
      version: row.version,
    });
  }

  /** To be asked before the rows are read, as it speaks of all that they may hold. */
  private stockKnown(): { readonly at: Date | undefined; readonly countsFrom: number } {
    const name = 'catalog.availability';
    return { at: this.copies.knownAt(name), countsFrom: this.copies.countsFrom(name) };
  }

  private async makeVariants(
    { detail, stock, updated_at: since }: DetailRow,
    stockAt: Date | undefined,
  ): Promise<catalogApi.Variant[]> {
    const quotes = await this.quotes.quoteVariants(detail.title, detail.variants);
    return detail.variants.map(({ sku, options, price, compareAt }, i) => {
      const [available, asOf, isParked = false] = stock?.[sku] ?? [];
      const known =
        available === undefined || asOf === undefined
          ? undefined
          : { available, asOf: new Date(asOf), isParked };
      return {
        sku,
        options: { ...options },
        price,
        ...(compareAt && { compareAt }),
        availability: toAvailability(known, { since, stockAt }),
        quote: quotes[i] ?? '',
      };
    });
  }

  private async makeSuggestions(plain: string): Promise<Answer> {
    const [{ meant }, { items }] = await Promise.all([this.terms(plain), this.tree()]);
    const products = meant === '' ? [] : await this.details.suggest(meant, maxSuggestions);
    const categories = findCategories(items, plain).slice(0, maxSuggestedCategories);
    return toTimelessAnswer({
      items: [
        ...categories.map(
          ({ path, title }) => ({ kind: 'category', title, category: path }) as const,
        ),
        ...products.map((product) => ({ kind: 'product', ...product }) as const),
      ].slice(0, maxSuggestions),
    } satisfies catalogApi.Suggestions);
  }

  private terms(plain: string): Promise<Terms> {
    return this.answers.terms.get(plain, () => this.search.findTerms(plain));
  }

  private tree(): Promise<Tree> {
    return this.answers.categories.get('all', async () => {
      const items = toTree(await this.facets.countCategories());
      return { items, answer: toTimelessAnswer({ items }) };
    });
  }
}

/** Categories with a word in their title that begins as what was typed does. */
const findCategories = (
  categories: readonly catalogApi.Category[],
  plain: string,
): catalogApi.Category[] =>
  plain === ''
    ? []
    : categories.flatMap((category) => [
        ...(` ${toPlain(category.title)}`.includes(` ${plain}`) ? [category] : []),
        ...findCategories(category.children, plain),
      ]);

import type { catalogApi } from '@hemline/contracts';
import { Injectable } from '@nestjs/common';
import type { Answer } from '../../clients/answer.ts';
import { CatalogClient } from '../../clients/catalog.client.ts';
import { type Held, HeldAnswers } from '../../rendering/held-answers.ts';
import { type ListQuery, toSearch } from './list-query.ts';

type ListAnswer = Answer<catalogApi.ProductList>;

/** An item with its part of the rendered page, roughly. */
const bytesPerItem = 8_000;
const bytesPerList = 32_000;

/** Of the bound of a price catalog's own answers take up to 2 s. */
export const listsKept = { freshMs: 1_000, revalidateMs: 1_000 } as const;

@Injectable()
export class ListLoader {
  private readonly answers = new HeldAnswers<ListAnswer>({
    name: 'web.lists',
    maxBytes: 96 * 1024 * 1024,
    sizeOf: (answer) =>
      bytesPerList + (answer.kind === 'ok' ? answer.value.items.length * bytesPerItem : 0),
    ...listsKept,
    heldMs: 15 * 60_000,
  });

  constructor(private readonly catalog: CatalogClient) {}

  load(query: ListQuery): Promise<Held<ListAnswer>> {
    const search = toSearch(query);
    return this.answers.get(search, () => this.catalog.list(search));
  }
}

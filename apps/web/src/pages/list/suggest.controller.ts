import type { catalogApi } from '@hemline/contracts';
import { ServiceUnavailable } from '@hemline/http';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CatalogClient } from '../../clients/catalog.client.ts';
import { categoryPath, productPath } from '../../layout/paths.ts';

const maxLength = 80;

type Suggestion = { readonly title: string; readonly href: string; readonly note?: string };

/** Words for the search field's script; without it the form works as it is. */
@Controller('suggest')
export class SuggestController {
  constructor(private readonly catalog: CatalogClient) {}

  @Get()
  async suggest(@Query('q') q: unknown, @Res() reply: FastifyReply): Promise<void> {
    const words = typeof q === 'string' ? q.trim().slice(0, maxLength) : '';
    const items = words === '' ? [] : await this.find(words);
    void reply
      .header('Content-Type', 'application/json; charset=utf-8')
      .header('Cache-Control', 'private, max-age=30')
      .send(JSON.stringify({ items }));
  }

  private async find(words: string): Promise<Suggestion[]> {
    try {
      return (await this.catalog.suggest(words)).flatMap(toSuggestion);
    } catch (error) {
      if (error instanceof ServiceUnavailable) return []; // a help that is not there is not an error
      throw error;
    }
  }
}

const toSuggestion = (item: catalogApi.Suggestions['items'][number]): Suggestion[] => {
  if (item.handle !== undefined) return [{ title: item.title, href: productPath(item.handle) }];
  if (item.category === undefined) return [];
  return [{ title: item.title, href: categoryPath(item.category), note: 'Department' }];
};

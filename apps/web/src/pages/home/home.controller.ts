import { ServiceUnavailable } from '@hemline/http';
import { CopyAges } from '@hemline/telemetry';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender } from '../../rendering/page-sender.ts';
import { RenderedPages } from '../../rendering/rendered-pages.ts';
import { ListLoader } from '../list/list.loader.ts';
import type { ListQuery } from '../list/list-query.ts';
import { HomePage } from './home.page.tsx';

/** Enough to show what is new, and a picture of most departments. */
const newest: ListQuery = [
  ['limit', '100'],
  ['sort', 'newest'],
];

@Controller()
export class HomeController {
  private readonly pages = new RenderedPages();

  constructor(
    private readonly loader: ListLoader,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
    private readonly ages: CopyAges,
  ) {}

  @Get()
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { shop } = this.front;
    try {
      const { value: answer, heldSince } = await this.loader.load(newest);
      const items = answer.kind === 'ok' ? answer.value.items : [];
      const page = this.pages.get(answer, heldSince === undefined ? '' : 'held', () =>
        HomePage({ shop, items, heldSince }),
      );
      if (answer.kind === 'ok') this.ages.observe('web.price', Date.parse(answer.value.asOf));
      this.sender.send(request, reply, page);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable)) throw error;
      this.sender.send(request, reply, HomePage({ shop, items: undefined }));
    }
  }
}

import { CopyAges } from '@hemline/telemetry';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender, searchOf, seeOther } from '../../rendering/page-sender.ts';
import { RenderedPages } from '../../rendering/rendered-pages.ts';
import { ListLoader } from './list.loader.ts';
import { ListPage } from './list.page.tsx';
import { listPath, parseListQuery, typedPricesPath, valueOf, without } from './list-query.ts';

/** The shop has one currency, with cents. */
const priceDecimals = 2;

@Controller('products')
export class ListController {
  private readonly pages = new RenderedPages();

  constructor(
    private readonly loader: ListLoader,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
    private readonly ages: CopyAges,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const search = searchOf(request);
    const typed = typedPricesPath(search, priceDecimals);
    if (typed !== undefined) return seeOther(reply, typed);
    const query = parseListQuery(search);
    const { value: answer, heldSince } = await this.loader.load(query);
    if (answer.kind === 'refused') {
      // The one thing in a parsed query that catalog may not know any more is where a page begins.
      const isRetry = valueOf(query, 'cursor') === undefined;
      return seeOther(reply, isRetry ? '/products' : listPath(without(query, 'cursor')));
    }
    const variant = heldSince === undefined ? '' : 'held';
    const page = this.pages.get(answer, variant, () =>
      ListPage({
        shop: this.front.shop,
        query,
        list: answer.value,
        now: new Date(),
        heldSince,
      }),
    );
    this.ages.observe('web.price', Date.parse(answer.value.asOf));
    this.sender.send(request, reply, page);
  }
}

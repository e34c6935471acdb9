import { DomainError } from '@hemline/http';
import { CopyAges } from '@hemline/telemetry';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ShopFront } from '../../layout/shop-front.ts';
import { PageSender, searchOf } from '../../rendering/page-sender.ts';
import { RenderedPages } from '../../rendering/rendered-pages.ts';
import { ProductLoader } from './product.loader.ts';
import { ProductPage } from './product.page.tsx';

const handlePattern = /^[\p{Ll}\p{N}][\p{Ll}\p{N}_-]{0,254}$/u;

@Controller('products')
export class ProductController {
  private readonly pages = new RenderedPages();

  constructor(
    private readonly loader: ProductLoader,
    private readonly front: ShopFront,
    private readonly sender: PageSender,
    private readonly ages: CopyAges,
  ) {}

  @Get(':handle')
  async product(
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!handlePattern.test(handle)) throw new DomainError('not_found');
    const { value: answer, heldSince } = await this.loader.load(handle);
    const { product } = answer;
    if (!product) throw new DomainError('not_found');
    const query = new URLSearchParams(searchOf(request));
    const asked: Record<string, string> = {};
    for (const { name } of product.options) {
      const value = query.get(name);
      if (value !== null) asked[name] = value.slice(0, 120);
    }
    const variant = `${heldSince === undefined ? '' : 'held'} ${new URLSearchParams(asked)}`;
    const page = this.pages.get(answer, variant, () =>
      ProductPage({ shop: this.front.shop, product, asked, now: new Date(), heldSince }),
    );
    this.ages.observe('web.price', Date.parse(product.asOf));
    this.sender.send(request, reply, page);
  }
}

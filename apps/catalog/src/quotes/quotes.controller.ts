import { StaffOnly } from '@hemline/auth';
import { catalogApi } from '@hemline/contracts';
import { Documented } from '@hemline/http';
import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { QuoteKeysService } from './quote-keys.service.ts';
import { QuotesService } from './quotes.service.ts';

const jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string(),
      kid: z.string(),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
});
const rotated = z.object({ kid: z.string(), signsFrom: z.iso.datetime() });

@Controller()
export class QuotesController {
  constructor(
    private readonly quotes: QuotesService,
    private readonly keys: QuoteKeysService,
  ) {}

  @Post('quotes')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @Documented({
    summary: 'Signs the present price of each sku; null for what is not for sale',
    responses: { 200: catalogApi.quotesResponse },
    problems: ['request.invalid'],
  })
  async quote(
    @Body({ schema: catalogApi.quotesRequest }) { skus }: z.infer<typeof catalogApi.quotesRequest>,
  ): Promise<catalogApi.QuotesResponse> {
    return { quotes: await this.quotes.quoteSkus(skus) };
  }

  @Get('.well-known/jwks.json')
  @Header('Cache-Control', 'public, max-age=10')
  @Documented({
    summary: 'The keys that quotes are signed with: the next, the present and the previous ones',
    responses: { 200: jwks },
  })
  publicKeys(): { keys: unknown[] } {
    return { keys: this.keys.publicKeys() };
  }

  @Post('quote-keys')
  @StaffOnly('admin')
  @Documented({
    summary: 'Makes a new key, which is published at once and signs a little later',
    responses: { 201: rotated },
    problems: ['auth.required', 'auth.forbidden'],
    bearer: 'staff',
  })
  rotate(): Promise<z.infer<typeof rotated>> {
    return this.keys.rotate();
  }
}

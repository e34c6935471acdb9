import { StaffOnly } from '@hemline/auth';
import { catalogApi } from '@hemline/contracts';
import { Documented } from '@hemline/http';
import { Body, Controller, Delete, Headers, HttpCode, Param, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { parseIfMatch } from './precondition.ts';
import { ProductsService } from './products.service.ts';

const path = z.object({ handle: catalogApi.product.shape.handle });
type Path = z.infer<typeof path>;

const headers = {
  'If-Match': { description: 'ETag of the version that is to be changed; 412 if it is at another' },
};
const refusals = [
  'request.invalid',
  'auth.required',
  'auth.forbidden',
  'products.version_mismatch',
];

@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Put(':handle')
  @StaffOnly('admin')
  @Documented({
    summary: 'Creates or replaces a product; the same body twice changes nothing',
    responses: { 200: catalogApi.productWritten, 201: catalogApi.productWritten },
    problems: [...refusals, 'products.sku_taken'],
    bearer: 'staff',
    headers,
  })
  async put(
    @Param({ schema: path }) { handle }: Path,
    @Body({ schema: catalogApi.productInput }) input: catalogApi.ProductInput,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<catalogApi.ProductWritten> {
    const written = await this.products.put(handle, input, parseIfMatch(ifMatch));
    void reply.status(written.outcome === 'created' ? 201 : 200);
    void reply.header('ETag', `"${written.version}"`);
    return written;
  }

  @Delete(':handle')
  @HttpCode(204)
  @StaffOnly('admin')
  @Documented({
    summary: 'Withdraws a product',
    responses: { 204: 'It is gone' },
    problems: [...refusals, 'products.not_found'],
    bearer: 'staff',
    headers,
  })
  async delete(
    @Param({ schema: path }) { handle }: Path,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.products.delete(handle, parseIfMatch(ifMatch));
  }
}

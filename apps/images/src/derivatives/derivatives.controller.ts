import { Documented } from '@hemline/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from '../problems.ts';
import { entityTag, parseDerivative } from './derivative.ts';
import { DerivativesService } from './derivatives.service.ts';

const immutable = 'public, max-age=31536000, immutable';
/** For a JPEG in place of something smaller that there was no time for: asked again soon. */
const standIn = 'public, max-age=10';

@Controller('images')
export class DerivativesController {
  constructor(private readonly derivatives: DerivativesService) {}

  @Get(':id/:file')
  @Documented({
    summary: 'The picture at one of the fixed widths: /images/{id}/{width}.{avif,webp,jpeg}',
    responses: {
      200: 'The bytes, which never change; never wider than the original',
      304: 'The caller has them',
    },
    problems: ['images.not_found'],
  })
  async read(
    @Param('id') id: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = parseDerivative(id, file);
    if (!asked) throw refusal('images.not_found');
    void reply.headers({
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Content-Security-Policy': "default-src 'none'",
    });
    const tag = entityTag(asked);
    if (request.headers['if-none-match']?.includes(tag)) {
      void reply.status(304).headers({ ETag: tag, 'Cache-Control': immutable }).send();
      return;
    }
    const found = await this.derivatives.find(asked);
    if (!found) throw refusal('images.not_found');
    const { derivative, bytes } = found;
    // The stand-in has neither the tag nor the long life of this URL, and says where it is at home.
    const isStandIn = derivative.format !== asked.format;
    void reply
      .headers(
        isStandIn
          ? { 'Cache-Control': standIn, 'Content-Location': `/images/${id}/${asked.width}.jpeg` }
          : { 'Cache-Control': immutable, ETag: tag },
      )
      .type(`image/${derivative.format}`)
      .send(bytes);
  }
}

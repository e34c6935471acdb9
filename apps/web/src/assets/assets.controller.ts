import { DomainError } from '@hemline/http';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseEncoding } from '../rendering/page.ts';
import type { Assets } from './assets.ts';

export const ASSETS = Symbol('ASSETS');

@Controller('assets')
export class AssetsController {
  constructor(@Inject(ASSETS) private readonly assets: Assets) {}

  @Get(':name')
  file(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const asset = this.assets.files.get(name);
    if (!asset) throw new DomainError('not_found');
    const encoding = chooseEncoding(request.headers['accept-encoding']);
    const body = asset.bodies[encoding];
    if (body && encoding !== 'identity') void reply.header('Content-Encoding', encoding);
    void reply
      .header('Content-Type', asset.type)
      .header('Cache-Control', 'public, max-age=31536000, immutable')
      .header('Vary', 'Accept-Encoding')
      .send(body ?? asset.bodies.identity);
  }
}

import { Copies } from '@hemline/messaging';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, isHeld } from './answer.ts';

@Injectable()
export class AnswerSender {
  constructor(private readonly copies: Copies) {}

  /** Sends the bytes as they are, or says that the caller holds them; both tell of stock as it was. */
  send({ body, etag, stockFrom }: Answer, request: FastifyRequest, reply: FastifyReply): void {
    if (stockFrom !== undefined) this.copies.observe('catalog.availability', stockFrom);
    void reply
      .header('Cache-Control', 'public, max-age=1, stale-while-revalidate=5')
      .header('ETag', etag);
    if (isHeld(request.headers['if-none-match'], etag)) void reply.status(304).send();
    else void reply.header('Content-Type', 'application/json; charset=utf-8').send(body);
  }
}

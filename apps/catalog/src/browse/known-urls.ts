import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Answer } from './answer.ts';
import { AnswerSender } from './answer-sender.ts';

type Peek = () => Answer | undefined;

const maxUrls = 10_000;
const maxUrlLength = 500;

/**
 * A URL that was answered a moment ago needs no second look at its query, and no way through Nest: if
 * its answer is fresh, it is sent before the route is entered. That takes a third off the time of a
 * request (62 to 44 µs of CPU for a list of 24, where a bare Fastify server takes 23). All else goes on to the controller.
 */
@Injectable()
export class KnownUrls {
  private readonly peeks = new Map<string, Peek>();

  constructor(private readonly sender: AnswerSender) {}

  remember(url: string, peek: Peek): void {
    if (url.length > maxUrlLength) return;
    if (this.peeks.size >= maxUrls) this.peeks.clear();
    this.peeks.set(url, peek);
  }

  /** The server's own hooks, such as tracing and load shedding, were added before and run before. */
  answerThrough(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const answer = request.method === 'GET' ? this.peeks.get(request.url)?.() : undefined;
      if (answer) this.sender.send(answer, request, reply);
      else done();
    });
  }
}

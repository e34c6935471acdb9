import { DomainError } from '@hemline/http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { newId } from '../new-id.ts';
import { apiVersion } from '../stripe/objects.ts';
import { FormError, parseForm } from '../stripe/form.ts';
import { problemToStripe } from './errors.ts';

const read = (encoded: string): ReturnType<typeof parseForm> => {
  try {
    return parseForm(encoded);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    throw new DomainError('request.malformed', { detail: `The form holds ${error.message}.` });
  }
};

const isV1 = (url: string): boolean => url.startsWith('/v1/');

/** What Stripe's API is on the wire: forms in, a `Request-Id` out, and its own error object. */
export const speakStripe = (app: NestFastifyApplication): void => {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('stripeRequestId');
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body, done) => {
      request.rawBody = body as Buffer;
      try {
        done(null, read(body.toString('utf8')));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isV1(request.url)) {
      request.stripeRequestId = newId('req');
      reply.header('Request-Id', request.stripeRequestId);
      reply.header('Stripe-Version', request.headers['stripe-version'] ?? apiVersion);
    }
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!isV1(request.url)) return done();
    if (request.headers['content-type']?.includes('json')) {
      return done(
        new DomainError('request.malformed', {
          detail:
            'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
        }),
      );
    }
    const start = request.url.indexOf('?');
    try {
      request.query = start < 0 ? {} : read(request.url.slice(start + 1));
    } catch (error) {
      return done(error as Error);
    }
    request.body ??= {};
    return done();
  });
  // Whatever was refused outside a controller is a problem document by now; the package `stripe` would
  // take that for a success, as it looks for a member named `error`.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const type = String(reply.getHeader('Content-Type') ?? '');
    if (!isV1(request.url) || !type.startsWith('application/problem+json')) return done();
    const path = request.url.split('?', 1)[0] ?? '';
    const problem = JSON.parse(String(payload)) as Parameters<typeof problemToStripe>[0];
    const body = JSON.stringify(problemToStripe(problem, { method: request.method, path }));
    reply.header('Content-Type', 'application/json').removeHeader('Content-Length');
    return done(null, body);
  });
};

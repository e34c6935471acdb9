import { LOGGER, type Logger } from '@hemline/telemetry';
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  Inject,
  Injectable,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorObject } from '../stripe/objects.ts';
import { apiError } from '../stripe/stripe-error.ts';
import { toStripeError } from './errors.ts';

/** Every error of a `/v1` controller leaves as Stripe's error object; what nobody expected as a 500. */
@Injectable()
@Catch()
export class StripeErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request: FastifyRequest = http.getRequest();
    const reply: FastifyReply = http.getResponse();
    if (reply.sent) return;
    const given = request.method === 'POST' ? request.body : request.query;
    const known = toStripeError(thrown, given);
    if (!known) this.logger.error({ err: thrown, route: request.routeOptions.url }, 'not expected');
    const error = known ?? apiError(500, 'not stored');
    if (error.statusCode === 401) void reply.header('WWW-Authenticate', 'Bearer realm="Stripe"');
    // The package would send again what can only be refused again.
    const isWorthRetrying = error.statusCode === 409 || error.statusCode === 429;
    if (isWorthRetrying) void reply.header('Stripe-Should-Retry', 'true');
    void reply
      .status(error.statusCode)
      .header('Content-Type', 'application/json')
      .send(JSON.stringify(errorObject(error)));
  }
}

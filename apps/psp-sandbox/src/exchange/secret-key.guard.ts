import { timingSafeEqual } from 'node:crypto';
import { containsCardNumber } from '@hemline/telemetry';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.ts';
import { StripeError } from '../stripe/stripe-error.ts';

const unauthorised = (message: string): StripeError =>
  new StripeError(401, { type: 'invalid_request_error', message }, 'not stored');

const isEqual = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** The key of a request: `Bearer sk_…`, or `Basic` with the key as its user's name. */
const keyOf = (header: string | undefined): string | undefined => {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) (.+)$/i.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value.trim();
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0];
};

export const hasSecretKey = (request: FastifyRequest, { PSP_SECRET_KEY }: Config): boolean => {
  const key = keyOf(request.headers.authorization);
  return key !== undefined && isEqual(key, PSP_SECRET_KEY);
};

/** Whether a card number stands anywhere in what was sent, names of fields included. */
export const holdsCardNumber = (value: unknown): boolean => {
  if (typeof value === 'string') return containsCardNumber(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([name, each]) => containsCardNumber(name) || holdsCardNumber(each),
  );
};

/** Lets in who has the secret key, and nothing that holds a card number. */
@Injectable()
export class SecretKeyGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request: FastifyRequest = context.switchToHttp().getRequest();
    if (!hasSecretKey(request, this.config)) {
      throw unauthorised(
        request.headers.authorization === undefined
          ? 'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.'
          : 'Invalid API Key provided.',
      );
    }
    const { body, query, params, headers } = request;
    if ([body, query, params, headers['idempotency-key']].some(holdsCardNumber)) {
      throw new StripeError(
        400,
        {
          type: 'invalid_request_error',
          message:
            'Sending credit card numbers directly to the Stripe API is generally unsafe, and never done here. Use a test payment method such as pm_card_visa.',
        },
        'not stored',
      );
    }
    return true;
  }
}

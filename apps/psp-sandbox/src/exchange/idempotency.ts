import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { StoredReply } from '../journal/record.ts';
import { StripeError } from '../stripe/stripe-error.ts';

export type Key = { readonly name: string; readonly fingerprint: string };

const maxLength = 255;

/** The key of a POST, with what it was given for: path and parameters, in whatever order they came. */
export const readKey = (request: FastifyRequest): Key | null => {
  const name = request.headers['idempotency-key'];
  if (name === undefined) return null;
  if (typeof name !== 'string' || name.length === 0 || name.length > maxLength) {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        message: `Idempotency keys are 1 to ${maxLength} characters long.`,
      },
      'not stored',
    );
  }
  const fields = (request.rawBody?.toString('utf8') ?? '').split('&').sort().join('&');
  const fingerprint = createHash('sha256').update(`${request.url}\n${fields}`).digest('base64url');
  return { name, fingerprint };
};

export const checkSame = (key: Key, stored: StoredReply): void => {
  if (stored.fingerprint === key.fingerprint) return;
  throw new StripeError(
    400,
    {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key.name}' if you meant to execute a different request.`,
    },
    'not stored',
  );
};

export const keyInUse = (name: string): StripeError =>
  new StripeError(
    409,
    {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${name}. Please try again later.`,
    },
    'not stored',
  );

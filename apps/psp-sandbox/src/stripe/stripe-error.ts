import type { Intent } from '../account/objects.ts';

export type StripeErrorType =
  | 'api_error'
  | 'card_error'
  | 'idempotency_error'
  | 'invalid_request_error';

export type StripeErrorFields = {
  readonly type: StripeErrorType;
  readonly message: string;
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly param?: string | undefined;
  readonly charge?: string | undefined;
  /** The name of a test card, told in full. */
  readonly paymentMethod?: string | undefined;
  readonly intent?: Intent | undefined;
};

/**
 * A refusal in Stripe's form. `isStored` says whether execution had begun, so that the same answer
 * belongs to the idempotency key from now on; a request that is refused before may come again.
 */
export class StripeError extends Error {
  readonly statusCode: number;
  readonly fields: StripeErrorFields;
  readonly isStored: boolean;

  constructor(statusCode: number, fields: StripeErrorFields, kept: 'stored' | 'not stored') {
    super(fields.message);
    this.name = 'StripeError';
    this.statusCode = statusCode;
    this.fields = fields;
    this.isStored = kept === 'stored';
  }
}

export const invalidParam = (message: string, param: string, code?: string): StripeError =>
  new StripeError(400, { type: 'invalid_request_error', message, param, code }, 'not stored');

/** An id in the path (404) or in a parameter (400, with its name) that is nothing here. */
export const missing = (what: string, id: string, param?: string): StripeError =>
  new StripeError(
    param === undefined ? 404 : 400,
    {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such ${what}: '${id}'`,
      param: param ?? (what === 'payment_intent' ? 'intent' : 'id'),
    },
    'not stored',
  );

export const unexpectedState = (intent: Intent, message: string): StripeError =>
  new StripeError(
    400,
    { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message, intent },
    'stored',
  );

/** Stripe's answer where it broke itself. */
export const apiError = (statusCode: number, kept: 'stored' | 'not stored'): StripeError =>
  new StripeError(
    statusCode,
    { type: 'api_error', message: 'An unknown error occurred (made by the sandbox).' },
    kept,
  );

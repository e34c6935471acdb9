import { authProblems } from '@hemline/auth';
import { type Details, DomainError, type Problems } from '@hemline/http';

/** Every refusal of this service → the status and title of its problem document. */
export const problems = {
  'carts.not_found': { status: 404, title: 'There is no such cart' },
  'carts.closed': { status: 409, title: 'This cart was bought or merged, and takes no changes' },
  'carts.version_mismatch': { status: 412, title: 'The cart has changed since it was read' },
  'carts.line_limit': { status: 409, title: 'The cart is full' },
  'carts.quantity_limit': { status: 409, title: 'That is more of one thing than a line can hold' },
  'carts.currency_mixed': { status: 409, title: 'The cart holds goods in another currency' },
  'lines.not_found': { status: 404, title: 'The cart has no such line' },
  ...authProblems,
  'idempotency.invalid_key': { status: 400, title: 'The Idempotency-Key is not valid' },
  'idempotency.mismatch': { status: 422, title: 'The Idempotency-Key came with another request' },
} satisfies Problems;

export type CartErrorCode = keyof typeof problems;

/** A refusal with a code of the table above, and no other. */
export const refusal = (code: CartErrorCode, details: Details = {}): DomainError =>
  new DomainError(code, details);

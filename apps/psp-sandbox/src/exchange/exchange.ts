import type { Decision } from '../account/change.ts';

/** What a `/v1` handler comes to: a decision to be taken (POST), or an object to be shown (GET). */
export type Handled = Decision | { readonly show: object };

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of this request in Stripe's `Request-Id`. */
    stripeRequestId?: string;
    /** The bytes of the body, as libs/http declares for its own. */
    rawBody?: Buffer;
  }
}

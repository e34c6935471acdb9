import { createHmac } from 'node:crypto';
import { hashToken } from '@hemline/auth';
import { tokenSlot } from '../checkout/idempotency.ts';

/**
 * Order tokens are made from the order's id, so that an answer can be stored without its token and
 * sent again with it. What is stored of a token is its hash.
 */
export class OrderTokens {
  constructor(private readonly secret: string) {}

  tokenOf(orderId: string): string {
    return createHmac('sha256', this.secret).update(orderId).digest('base64url');
  }

  hashOf(orderId: string): Buffer {
    return hashToken(this.tokenOf(orderId));
  }

  /**
   * Where the bank sends the shopper back to: her order, by the link that she gets anyway. The provider
   * learns a link that shows an order, and can cancel it before it is paid; it holds the money of it.
   */
  returnUrl(ordersUrl: string | undefined, orderId: string): string | null {
    if (ordersUrl === undefined) return null;
    const query = new URLSearchParams({ token: this.tokenOf(orderId) });
    return `${ordersUrl.replace(/\/+$/, '')}/${orderId}?${query.toString()}`;
  }

  /** The text of an answer with the token in its place. */
  fill(body: string, orderId: string): string {
    return body.replace(tokenSlot, () => `"token":"${this.tokenOf(orderId)}"`);
  }
}

import { createHmac } from 'node:crypto';

type Signed = {
  readonly payload: string;
  readonly secret: string;
  /** Seconds since 1970. */
  readonly at: number;
};

/** Stripe's scheme: an HMAC over the time and the bytes, so that neither can be changed or replayed late. */
export const signatureHeader = ({ payload, secret, at }: Signed): string => {
  const hmac = createHmac('sha256', secret).update(`${at}.${payload}`).digest('hex');
  return `t=${at},v1=${hmac}`;
};

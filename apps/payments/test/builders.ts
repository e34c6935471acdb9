import { randomUUID } from 'node:crypto';
import type { paymentsApi } from '@hemline/contracts';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { newQuoteSigner } from '../../../libs/auth/test/quote-signer.ts';

/** What catalog does when it quotes a price, at 59.00 unless told otherwise. */
export const newSigner = (kid?: string) => newQuoteSigner('5900', kid);

export type Signer = ReturnType<typeof newSigner>;

/** Staff tokens as the launcher's command makes them, and the keys that a service checks them with. */
export const newStaff = async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'staff', alg: 'EdDSA' };
  const token = (role: string, subject = 'someone'): Promise<string> =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'staff' })
      .setIssuer('hemline')
      .setSubject(subject)
      .setExpirationTime('1h')
      .sign(privateKey);
  return { jwks: JSON.stringify({ keys: [jwk] }), token };
};

export const anAddress: paymentsApi.Address = {
  name: 'Ada Byrne',
  line1: '1 Quay Street',
  city: 'Galway',
  postalCode: 'H91 X2Y3',
  country: 'IE',
};

type Wish = Partial<paymentsApi.PlaceOrder> & {
  readonly sku?: string;
  readonly quantity?: number;
  readonly price?: string;
};

/** A shopper's order: one line at 59.00 plus 4.90 delivery unless told otherwise. */
export const anOrder = (signer: Signer, wish: Wish = {}): paymentsApi.PlaceOrder => {
  const { sku = 'shirt-m', quantity = 1, price = '5900', ...rest } = wish;
  const subtotal = BigInt(price) * BigInt(quantity);
  const total = subtotal >= 7500n ? subtotal : subtotal + 490n;
  return {
    cart: { id: randomUUID(), version: 1 },
    lines: [{ quote: signer.quote({ sku, price }), quantity }],
    email: 'ada@example.org',
    shippingAddress: anAddress,
    paymentMethod: 'pm_card_visa',
    expectedTotal: { amount: total.toString(), currency: 'EUR' },
    ...rest,
  };
};

import type { Stripe } from 'stripe';
import type { Charge } from '../account/objects.ts';
import { type TestCard, findTestCard } from '../account/test-cards.ts';

// What Stripe tells of a card, and of what its bank said.

export const noAddress = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

export const outcomeObject = ({ failure }: Charge): Stripe.Charge.Outcome => ({
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: failure ? 'declined_by_network' : 'approved_by_network',
  reason: failure?.declineCode ?? null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: failure ? 'The bank returned the decline code.' : 'Payment complete.',
  type: failure ? 'issuer_declined' : 'authorized',
});

export const cardDetails = (
  charge: Charge,
  card: TestCard,
): Stripe.Charge.PaymentMethodDetails.Card => ({
  amount_authorized: charge.status === 'succeeded' ? charge.amount : null,
  authorization_code: charge.status === 'succeeded' ? '123456' : null,
  brand: card.brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
  country: 'US',
  electronic_commerce_indicator: null,
  exp_month: 12,
  exp_year: 2034,
  fingerprint: `sandbox${card.last4}`,
  funding: 'credit',
  installments: null,
  last4: card.last4,
  mandate: null,
  network: card.brand,
  network_transaction_id: null,
  regulated_status: 'unregulated',
  three_d_secure: charge.isAuthenticated
    ? {
        authentication_flow: 'challenge',
        electronic_commerce_indicator: '05',
        exemption_indicator: null,
        result: 'authenticated',
        result_reason: null,
        transaction_id: null,
        version: '2.2.0',
      }
    : null,
  transaction_link_id: null,
  wallet: null,
});

export const paymentMethodObject = (id: string): Stripe.PaymentMethod => {
  const card = findTestCard(id);
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: noAddress,
    card: {
      brand: card?.brand ?? 'unknown',
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: null },
      country: 'US',
      display_brand: card?.brand ?? 'other',
      exp_month: 12,
      exp_year: 2034,
      fingerprint: `sandbox${card?.last4 ?? ''}`,
      funding: 'credit',
      generated_from: null,
      last4: card?.last4 ?? '',
      networks: { available: [card?.brand ?? 'visa'], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: 0,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  };
};

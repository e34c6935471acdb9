import { randomUUID } from 'node:crypto';
import type { Envelope, EventDefinition } from '@hemline/contracts';
import { newQuoteSigner } from '../../../libs/auth/test/quote-signer.ts';
import type { Line } from '../src/carts/cart.ts';

/** A line of a cart, at 129.00 unless told otherwise. */
export const aLine = ({
  quote,
  ...rest
}: Partial<Omit<Line, 'quote'>> & { quote?: Partial<Line['quote']> } = {}): Line => ({
  sku: 'shirt-m',
  quantity: 1,
  addedIn: 2,
  ...rest,
  quote: {
    jws: 'header.body.signature',
    price: '12900',
    currency: 'EUR',
    priceVersion: 1,
    title: 'Linen shirt',
    iat: 1_800_000_000,
    exp: 1_800_000_900,
    ...quote,
  },
});

/** What catalog does when it quotes a price, at 129.00 unless told otherwise. */
export const newSigner = (kid?: string) => newQuoteSigner('12900', kid);

/** An event as its owner's relay would publish it. */
export const anEvent = (
  definition: Pick<EventDefinition, 'type'>,
  { subject, version = 1, time = new Date() }: { subject: string; version?: number; time?: Date },
  data: unknown,
): Envelope => ({
  id: randomUUID(),
  type: definition.type,
  source: definition.type.split('.')[0] ?? '',
  subject,
  time: time.toISOString(),
  version,
  dataschema: `urn:hemline:event:${definition.type}`,
  data,
});

import type { Problem } from '@hemline/contracts';
import { describe, expect, it } from '@jest/globals';
import { cartLine, eur } from '../../../test/builders.ts';
import {
  declinedMessage,
  fieldErrorsOf,
  priceMessage,
  shortageMessage,
  shortagesOf,
  stockMessage,
  totalMessage,
} from './checkout-messages.ts';

const problem = (parts: Partial<Problem>): Problem => ({
  type: 'urn:hemline:problem:x',
  title: 'x',
  status: 409,
  code: 'x',
  traceId: '0'.repeat(32),
  ...parts,
});

describe('what a refusal means to her', () => {
  it('tells a changed price, old and new', () => {
    const change = { title: 'Linen shirt', was: eur(4_900), now: eur(5_200) };
    expect(priceMessage([change])[0]?.points).toEqual(['Linen shirt: €49.00 → €52.00']);
    expect(priceMessage([])).toEqual([]);
  });

  it('tells why the bank said no, where the bank tells', () => {
    const words = (declineCode?: string): string =>
      declinedMessage(problem(declineCode ? { declineCode } : {})).points.join(' ');
    expect(words('insufficient_funds')).toContain('not enough on this card');
    expect(words()).toContain('does not tell us why');
    expect(words()).toContain('Nothing was charged');
  });

  it('names what is short, and what is left of it', () => {
    const short = shortagesOf(
      problem({
        shortages: [
          { sku: 'IN-M', requested: 2, available: 1 },
          { sku: 'GONE', requested: 1, available: 0 },
        ],
      }),
    );
    const { points } = shortageMessage(short, [{ sku: 'IN-M', title: 'Linen shirt' }]);
    expect(points[0]).toBe('Linen shirt: you asked for 2, and 1 is left.');
    expect(points[1]).toBe('GONE: sold out in the meantime.');
    expect(shortagesOf(problem({ shortages: 'nonsense' }))).toEqual([]);
  });

  it('tells of stock that her bag knows to be short before she tries', () => {
    const line = cartLine({ notices: [{ kind: 'stock_short', requested: 2, left: 1 }] });
    expect(stockMessage([line])[0]?.points).toEqual(['Linen shirt: you asked for 2, 1 left']);
    expect(stockMessage([cartLine()])).toEqual([]);
  });

  it('tells a new total beside the one that she saw', () => {
    expect(totalMessage(problem({ total: eur(11_000) }), '€102.90').points[0]).toContain(
      'It was €102.90; it is €110.00 now',
    );
  });

  it('puts payments’ own faults at their fields', () => {
    const errors = [{ pointer: '#/shippingAddress/postalCode', detail: 'too long' }];
    expect(fieldErrorsOf(problem({ errors }))).toEqual([
      { field: 'postalCode', message: 'Please check this: too long.' },
    ]);
    expect(fieldErrorsOf(problem({}))).toEqual([]);
  });
});

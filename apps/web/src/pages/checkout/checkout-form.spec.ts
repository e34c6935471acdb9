import { describe, expect, it } from '@jest/globals';
import { cartId, quote } from '../../../test/builders.ts';
import { readSubmission } from './checkout-form.ts';

const carried = {
  key: 'k'.repeat(22),
  cart: cartId,
  version: '3',
  quote: quote('IN-M'),
  quantity: '2',
  total: '10290',
  currency: 'EUR',
};
const typed = {
  email: ' jo@example.com ',
  name: 'Jo Marsh',
  line1: '4 Mill Lane',
  line2: '',
  city: 'Dublin',
  region: '',
  postalCode: 'D02 X285',
  country: 'IE',
  paymentMethod: 'pm_card_visa',
};

const faults = (form: object): Record<string, string> => {
  const { answer } = readSubmission({ ...carried, ...typed, ...form });
  if (answer.kind === 'complete') return {};
  return Object.fromEntries(answer.errors.map(({ field, message }) => [field, message]));
};

describe('the checkout form', () => {
  it('is read when complete, with one line or with many', () => {
    const one = readSubmission({ ...carried, ...typed });
    expect(one.answer).toMatchObject({ kind: 'complete', typed: { email: 'jo@example.com' } });
    expect(one.carried).toMatchObject({ quantity: ['2'], version: 3 });
    const two = { quote: [quote('A'), quote('B')], quantity: ['1', '9'] };
    expect(readSubmission({ ...carried, ...typed, ...two }).carried?.quote).toHaveLength(2);
  });

  it('says at each field what to do', () => {
    expect(faults({ email: '', postalCode: ' ' })).toEqual({
      email: 'Enter an e-mail address, so that we can send you the receipt.',
      postalCode: 'Enter the postcode.',
    });
    expect(faults({ email: 'jo' })['email']).toContain('like name@example.com');
    expect(faults({ country: 'XX' })['country']).toBe('Choose a country.');
    expect(faults({ name: 'x'.repeat(121) })['name']).toContain('120');
  });

  it('takes no card but the sandbox’s own', () => {
    expect(faults({ paymentMethod: '4242424242424242' })['paymentMethod']).toBe('Choose a card.');
  });

  it('keeps what she typed, as she typed it', () => {
    const { values } = readSubmission({ ...carried, ...typed, email: 'jo@', name: ['a', 'b'] });
    expect(values).toMatchObject({ email: 'jo@', city: 'Dublin' });
    expect(values.name).toBeUndefined();
  });

  it.each([
    { key: 'short' },
    { cart: 'x' },
    { version: '0' },
    { quantity: '0' },
    { quantity: '1.5' },
    { quantity: ['1', '2'] },
    { total: '-1.5' },
    { quote: [] },
  ])('does not believe hidden fields that are not ours: %j', (change) => {
    expect(readSubmission({ ...carried, ...typed, ...change }).carried).toBeUndefined();
  });
});

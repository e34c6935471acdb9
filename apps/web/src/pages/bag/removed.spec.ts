import { describe, expect, it } from '@jest/globals';
import { quote } from '../../../test/builders.ts';
import { decodeRemoved, encodeRemoved } from './removed.ts';

describe('what was taken out', () => {
  it('comes back as it was', () => {
    const form = { sku: 'IN-M', title: 'Shirt “M” – ü', quantity: '2', quote: quote('IN-M') };
    expect(decodeRemoved(encodeRemoved(form))).toEqual({ ...form, quantity: 2 });
  });

  it.each(['', 'rubbish', Buffer.from('{"sku":1}').toString('base64url')])(
    'is nothing where the cookie is %p',
    (cookie) => {
      expect(decodeRemoved(cookie)).toBeUndefined();
    },
  );
});

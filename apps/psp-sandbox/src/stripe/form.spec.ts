import { describe, expect, it } from '@jest/globals';
import { parseForm } from './form.ts';

describe('a form', () => {
  it.each([
    ['', {}],
    ['amount=1000&currency=eur', { amount: '1000', currency: 'eur' }],
    ['metadata[order_id]=7&metadata[b]=', { metadata: { order_id: '7', b: '' } }],
    ['metadata%5Border_id%5D=a+b%26c', { metadata: { order_id: 'a b&c' } }],
    ['expand[0]=a&expand[1]=b', { expand: ['a', 'b'] }],
    ['expand[]=a&expand[]=b', { expand: ['a', 'b'] }],
    ['a[0][b]=1&a[1][b]=2', { a: [{ b: '1' }, { b: '2' }] }],
    ['created[gte]=5', { created: { gte: '5' } }],
  ])('reads %s', (encoded, form) => {
    expect(parseForm(encoded)).toEqual(form);
  });

  it.each([
    ['__proto__[x]=1', 'named __proto__'],
    ['a[constructor]=1', 'named constructor'],
    ['a=1&a[b]=2', 'both a text and a group'],
    ['a[b=1', 'cannot be read'],
    ['[a]=1', 'cannot be read'],
    ['a=%E0%A4%A', 'percent-encoded'],
    [`a${'[b]'.repeat(10)}=1`, 'nested deeper'],
    ['a=1&'.repeat(501), 'more than 500'],
  ])('refuses %s', (encoded, reason) => {
    expect(() => parseForm(encoded)).toThrow(reason);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseCommand } from './arguments.ts';

const parse = (line: string) => parseCommand(line.split(' ').filter(Boolean));

describe('the command line', () => {
  it.each([
    ['lag', { kind: 'lag', isJson: false }],
    ['dead-letters --json', { kind: 'dead-letters', isJson: true }],
    ['show cart-12', { kind: 'show', id: 'cart-12', isJson: false }],
    ['resend cart-12', { kind: 'resend', id: 'cart-12', isJson: false }],
    ['replay cart --from 0', { kind: 'replay', group: 'cart', from: 'earliest', isJson: false }],
    [
      'replay cart --from 2026-11-24T12:00:00Z --json',
      { kind: 'replay', group: 'cart', from: new Date('2026-11-24T12:00:00Z'), isJson: true },
    ],
    [
      'tail payments.stock',
      { kind: 'tail', topic: 'payments.stock', from: 'latest', isJson: false },
    ],
    [
      'tail payments.stock --from 0',
      { kind: 'tail', topic: 'payments.stock', from: 'earliest', isJson: false },
    ],
    ['replay --help', { kind: 'help' }],
  ])('takes "%s"', (line, command) => {
    expect(parse(line)).toEqual(command);
  });

  it.each([
    ['', /Name a command/, 2],
    ['rewind', /no command "rewind"; there are lag, dead-letters/, 2],
    ['lag cart', /"cart" is not expected/, 2],
    ['lag --from 0', /--from does not go with lag/, 2],
    ['show', /needs the ID/, 2],
    ['replay', /needs a GROUP/, 2],
    ['replay cart', /needs --from/, 2],
    ['replay cart --from yesterday', /--from must be 0, or a time/, 2],
    ['replay cart --from 7', /--from must be 0, or a time/, 2],
    ['replay cart --from 2026-13-45', /--from must be 0, or a time/, 2],
    ['replay cart basket --from 0', /"basket" is not expected/, 2],
    ['tail', /needs a TOPIC: cart.carts/, 2],
    ['tail payments.nowhere', /no topic "payments.nowhere"; there are cart.carts/, 1],
    ['lag --jsonn', /--jsonn/, 2],
  ])('refuses "%s" with a sentence', (line, sentence, exitCode) => {
    expect(() => parse(line)).toThrow(expect.objectContaining({ exitCode }) as never);
    expect(() => parse(line)).toThrow(sentence);
  });
});

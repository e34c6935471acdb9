import { describe, expect, it } from '@jest/globals';
import { type Standing, mayFence, nextStep } from './next-step.ts';

const standing: Standing = {
  status: 'confirming',
  intentId: null,
  attemptStatus: 'sending',
  isHoldExpired: false,
  isKeyAlive: true,
};

describe('the next step of a payment', () => {
  it.each<[string, Partial<Standing>, string]>([
    ['sends an attempt again that has no answer', {}, 'confirm'],
    [
      'asks the intent once the shopper is at her bank',
      { attemptStatus: 'requires_action', intentId: 'pi_1' },
      'look',
    ],
    ['fences an attempt whose key may be forgotten', { isKeyAlive: false }, 'fence'],
    ['fences when the hold has ended', { isHoldExpired: true, status: 'ready' }, 'fence'],
    ['asks after a decline', { status: 'ready', intentId: 'pi_1' }, 'look'],
    ['has nothing to ask where the decline made no intent', { status: 'ready' }, 'none'],
    [
      'captures what is authorised, whatever the hold',
      { status: 'capturing', intentId: 'pi_1', isHoldExpired: true },
      'capture',
    ],
    ['cancels behind the fence', { status: 'voiding', intentId: 'pi_1' }, 'void'],
    ['learns the intent that is to be cancelled', { status: 'voiding' }, 'learn_intent'],
    [
      'searches where the key may be forgotten',
      { status: 'voiding', isKeyAlive: false },
      'search_intent',
    ],
    ['ends', { status: 'voided' }, 'none'],
  ])('%s', (_, given, step) => {
    expect(nextStep({ ...standing, ...given })).toBe(step);
  });

  it('fences nothing that was authorised in the meantime', () => {
    expect(mayFence({ ...standing, isHoldExpired: true })).toBe(true);
    expect(mayFence({ ...standing, status: 'capturing', isHoldExpired: true })).toBe(false);
    expect(mayFence(standing)).toBe(false);
  });
});

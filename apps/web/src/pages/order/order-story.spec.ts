import { describe, expect, it } from '@jest/globals';
import { asOf, order, orderId } from '../../../test/builders.ts';
import { orderNumber, timelineWords, toStory } from './order-story.ts';

const now = new Date(Date.parse(asOf) + 5_000);
const later = new Date(Date.parse(asOf) + 3_600_000);

describe('the story of an order', () => {
  it('waits for the bank, says so, and asks again by itself', () => {
    const story = toStory(order({ status: 'pending', payment: { status: 'pending' } }), now);
    expect(story.title).toBe('We are asking your bank.');
    expect(story.words[0]).toContain('You will not be charged twice.');
    expect(story.refreshSeconds).toBe(2);
  });

  it('offers another card after a refusal', () => {
    const story = toStory(order({ status: 'pending', payment: { status: 'declined' } }), now);
    expect(story.goOn?.href).toBe('/checkout');
    expect(story.refreshSeconds).toBeUndefined();
  });

  it('leads to her bank, which wants to ask her, and says that nothing is charged yet', () => {
    const payment = { status: 'requires_action', actionUrl: 'https://bank.example/ask' } as const;
    const story = toStory(order({ status: 'pending', payment }), now);
    expect(story.goOn).toEqual({ href: 'https://bank.example/ask', title: 'Go to your bank' });
    expect(story.words.join(' ')).toContain('nothing is charged');
    expect(story.refreshSeconds).toBeUndefined();
  });

  it('begins afresh where the first attempt is still open at the bank', () => {
    const payment = { status: 'requires_action' } as const;
    const story = toStory(order({ status: 'pending', payment }), now);
    expect(story.goOn?.href).toBe('/checkout?afresh');
  });

  it('watches a payment being taken for a while, not for ever', () => {
    const placed = order({ status: 'authorized', payment: { status: 'authorized' } });
    expect(toStory(placed, now).refreshSeconds).toBe(2);
    expect(toStory(placed, later).refreshSeconds).toBeUndefined();
  });

  it('never says paid before it is', () => {
    const titles = (['pending', 'authorized', 'cancelling', 'cancelled'] as const).map(
      (status) => toStory(order({ status, payment: { status: 'pending' } }), now).title,
    );
    expect(titles.join(' ')).not.toMatch(/paid/i);
    expect(toStory(order(), now).status).toBe('Paid');
  });

  it('has a number to read out, and words for what happened', () => {
    expect(orderNumber(orderId)).toBe('C1F9-0AE7');
    expect(timelineWords('authorized')).toBe('Your bank said yes');
    expect(timelineWords('parcel_sent')).toBe('Parcel sent');
  });
});

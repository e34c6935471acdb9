import { describe, expect, it } from '@jest/globals';
import { Account } from '../account/account.ts';
import { createIntent } from '../account/intents.ts';
import { createIntentParams } from '../stripe/params.ts';
import { searchIntents } from './search.ts';

const account = new Account();
for (const [n, order] of ['7', '8', '7'].entries()) {
  const params = createIntentParams.parse({
    amount: `${100 * (n + 1)}`,
    currency: 'eur',
    metadata: { order_id: order, "it's": 'a "b"' },
  });
  const { effects } = createIntent(params)(account, { now: 0, newId: (kind) => `${kind}_${n}` });
  account.apply(
    {
      type: 'commit',
      at: 0,
      requestId: 'req',
      key: null,
      effects: effects.map((effect, i) => ({ ...effect, seq: i, events: [] })),
      reply: null,
    },
    { offset: 0, length: 0 },
  );
}
const found = (query: string): string[] => searchIntents(account, query).map(({ id }) => id);

describe('search', () => {
  it.each([
    ["metadata['order_id']:'7'", ['pi_2', 'pi_0']],
    ['metadata["order_id"]:"8"', ['pi_1']],
    ["metadata['order_id']:'9'", []],
    ["metadata['order_id']:'7' AND amount>100", ['pi_2']],
    ["status:'requires_payment_method' AND amount<=200", ['pi_1', 'pi_0']],
    ["currency:'usd'", []],
  ])('finds by %s', (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it.each(['order 7', "metadata['a']", "customer:'x'", "amount:'x'"])('refuses %s', (query) => {
    expect(() => found(query)).toThrow('unable to parse your search query');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CommitRecord, JournalRecord } from '../journal/record.ts';
import {
  cancelIntentParams,
  captureIntentParams,
  confirmIntentParams,
  createIntentParams,
  createRefundParams,
} from '../stripe/params.ts';
import { StripeError } from '../stripe/stripe-error.ts';
import { Account } from './account.ts';
import type { Change, Decision } from './change.ts';
import { closeDispute, openDispute } from './disputes.ts';
import { authenticateIntent, captureIntent, confirmIntent, createIntent } from './intents.ts';
import { cancelIntent, expireAuthorisation } from './release.ts';
import { createRefund, settleRefund } from './refunds.ts';

/** An account whose records are kept, as the journal would keep them. */
class Bench {
  readonly account = new Account();
  readonly records: JournalRecord[] = [];
  private names = 0;
  private now = 1_700_000_000_000;

  /** What a decision came to, or the code of its refusal. */
  take(decision: Decision): Change | StripeError {
    this.now += 1000;
    const newId = (prefix: string): string => `${prefix}_${(this.names += 1)}`;
    try {
      const change = decision(this.account, { now: this.now, newId });
      this.keep(change, newId);
      return change;
    } catch (error) {
      if (error instanceof StripeError) return error;
      throw error;
    }
  }

  private keep({ effects }: Change, newId: (prefix: string) => string): void {
    const record: CommitRecord = {
      type: 'commit',
      at: this.now,
      requestId: newId('req'),
      key: newId('key'),
      effects: effects.map(({ kind, amount, put, events }, i) => ({
        seq: this.account.seq + i + 1,
        kind,
        amount,
        put,
        events: events.map((type) => ({ id: newId('evt'), type })),
      })),
      reply: { fingerprint: 'f', status: 200, body: '{}' },
    };
    this.records.push(record);
    this.account.apply(record, { offset: this.records.length, length: 1 });
  }
}

const card = { payment_method_types: ['card'] };
const create = (fields: object = {}): Decision =>
  createIntent(createIntentParams.parse({ amount: '1000', currency: 'eur', ...card, ...fields }));
const hold = (fields: object = {}): Decision =>
  create({ capture_method: 'manual', confirm: 'true', payment_method: 'pm_card_visa', ...fields });
const confirm = (id: string, fields: object = {}): Decision =>
  confirmIntent(id, confirmIntentParams.parse(fields));
const capture = (id: string, fields: object = {}): Decision =>
  captureIntent(id, captureIntentParams.parse(fields));
const cancel = (id: string): Decision => cancelIntent(id, cancelIntentParams.parse({}));
const giveBack = (id: string, amount?: number): Decision =>
  createRefund(
    createRefundParams.parse({ payment_intent: id, ...(amount && { amount: `${amount}` }) }),
  );

const idOf = (change: Change | StripeError): string => {
  if (change instanceof StripeError) throw change;
  const { answer } = change;
  return answer instanceof StripeError ? (answer.fields.intent?.id ?? '') : answer.id;
};
const kindsOf = (change: Change | StripeError): string[] =>
  change instanceof StripeError ? [] : change.effects.map(({ kind }) => kind);
const codeOf = (change: Change | StripeError): string | undefined => {
  if (change instanceof StripeError) return change.fields.code;
  return change.answer instanceof StripeError ? change.answer.fields.code : undefined;
};

describe('a payment intent', () => {
  it('waits for a payment method, then for its confirmation', () => {
    const bench = new Bench();
    const bare = idOf(bench.take(create()));
    expect(bench.account.intent(bare).status).toBe('requires_payment_method');
    const ready = idOf(bench.take(create({ payment_method: 'pm_card_visa' })));
    expect(bench.account.intent(ready).status).toBe('requires_confirmation');
  });

  it('holds the amount, gives up the rest of it at a part capture, and is captured once', () => {
    const bench = new Bench();
    const held = bench.take(hold());
    expect(kindsOf(held)).toEqual([
      'payment_intent.created',
      'payment_intent.amount_capturable_updated',
    ]);
    const id = idOf(held);
    expect(codeOf(bench.take(capture(id, { amount_to_capture: '1001' })))).toBe('amount_too_large');
    expect(kindsOf(bench.take(capture(id, { amount_to_capture: '700' })))).toEqual([
      'charge.captured',
    ]);
    expect(bench.account.intent(id)).toMatchObject({
      status: 'succeeded',
      amountCapturable: 0,
      amountReceived: 700,
    });
    expect(codeOf(bench.take(capture(id)))).toBe('payment_intent_unexpected_state');
    expect(codeOf(bench.take(cancel(id)))).toBe('payment_intent_unexpected_state');
    expect(bench.account.balance.get('eur')).toBe(700);
  });

  it('takes the money at once where capture is automatic', () => {
    const bench = new Bench();
    const taken = bench.take(create({ confirm: 'true', payment_method: 'pm_card_mastercard' }));
    expect(kindsOf(taken)).toEqual(['payment_intent.created', 'charge.captured']);
    expect(bench.account.balance.get('eur')).toBe(1000);
  });

  it('goes back to wanting a payment method when declined, and can be paid with another', () => {
    const bench = new Bench();
    const declined = bench.take(
      hold({ payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }),
    );
    expect(codeOf(declined)).toBe('card_declined');
    const id = idOf(declined);
    expect(bench.account.intent(id)).toMatchObject({
      status: 'requires_payment_method',
      paymentMethod: null,
      lastFailure: { declineCode: 'insufficient_funds' },
    });
    bench.take(confirm(id, { payment_method: 'pm_card_visa' }));
    expect(bench.account.intent(id)).toMatchObject({
      status: 'requires_capture',
      lastFailure: null,
    });
    expect(codeOf(bench.take(confirm(id)))).toBe('payment_intent_unexpected_state');
  });

  it('asks the cardholder, and charges only after a yes', () => {
    const bench = new Bench();
    const asked = bench.take(hold({ payment_method: 'pm_card_authenticationRequired' }));
    const id = idOf(asked);
    expect(bench.account.intent(id).status).toBe('requires_action');
    bench.take(authenticateIntent(id, 'fail'));
    expect(bench.account.intent(id).status).toBe('requires_payment_method');
    bench.take(confirm(id, { payment_method: 'pm_card_authenticationRequired' }));
    bench.take(authenticateIntent(id, 'succeed'));
    expect(bench.account.intent(id).status).toBe('requires_capture');
    expect(codeOf(bench.take(authenticateIntent(id, 'succeed')))).toBe(
      'payment_intent_unexpected_state',
    );
  });

  it('declines at once where nobody is there to be asked', () => {
    const bench = new Bench();
    const fields = { payment_method: 'pm_card_authenticationRequired', off_session: 'true' };
    expect(codeOf(bench.take(hold(fields)))).toBe('authentication_required');
  });

  it('gives an authorisation back by cancel and by time, and then stays canceled', () => {
    const bench = new Bench();
    for (const end of [cancel, expireAuthorisation]) {
      const id = idOf(bench.take(hold()));
      expect(kindsOf(bench.take(end(id)))).toEqual(['payment_intent.canceled']);
      expect(bench.account.intent(id)).toMatchObject({ status: 'canceled', amountCapturable: 0 });
      for (const late of [confirm(id, { payment_method: 'pm_card_visa' }), capture(id), cancel(id)])
        expect(codeOf(bench.take(late))).toBe('payment_intent_unexpected_state');
    }
  });

  it('refuses a payment method that is none, and does nothing', () => {
    const bench = new Bench();
    expect(codeOf(bench.take(hold({ payment_method: 'pm_card_nothing' })))).toBe(
      'resource_missing',
    );
    expect(bench.records).toEqual([]);
  });

  it('wants a return_url where redirects are allowed, as Stripe does', () => {
    const bench = new Bench();
    const fields = { payment_method_types: undefined };
    expect(bench.take(hold(fields))).toMatchObject({ fields: { param: 'return_url' } });
    const never = { automatic_payment_methods: { enabled: 'true', allow_redirects: 'never' } };
    expect(kindsOf(bench.take(hold({ ...fields, ...never })))).toHaveLength(2);
  });
});

describe('a refund', () => {
  it('never gives back more than was captured', () => {
    const bench = new Bench();
    const id = idOf(bench.take(hold()));
    expect(codeOf(bench.take(giveBack(id)))).toBe('charge_not_refundable');
    bench.take(capture(id));
    expect(kindsOf(bench.take(giveBack(id, 600)))).toEqual(['refund.created']);
    expect(bench.take(giveBack(id, 401))).toBeInstanceOf(StripeError);
    expect(kindsOf(bench.take(giveBack(id)))).toEqual(['refund.created']);
    expect(codeOf(bench.take(giveBack(id)))).toBe('charge_already_refunded');
    expect(bench.account.balance.get('eur')).toBe(0);
  });

  it('that fails later puts the money back where it can be refunded again', () => {
    const bench = new Bench();
    const id = idOf(bench.take(hold({ payment_method: 'pm_card_refundFail' })));
    bench.take(capture(id));
    const refund = idOf(bench.take(giveBack(id)));
    expect([...bench.account.unsettled]).toEqual([refund]);
    expect(kindsOf(bench.take(settleRefund(refund, 'failed')))).toEqual(['refund.failed']);
    expect([...bench.account.unsettled]).toEqual([]);
    expect(bench.account.balance.get('eur')).toBe(1000);
    expect(kindsOf(bench.take(giveBack(id)))).toEqual(['refund.created']);
  });
});

const paymentMethods = [
  'pm_card_visa',
  'pm_card_chargeDeclined',
  'pm_card_authenticationRequired',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
];
const step = fc.record({
  what: fc.constantFrom(
    'create',
    'hold',
    'confirm',
    'capture',
    'cancel',
    'expire',
    'authenticate',
    'refund',
    'settle',
    'dispute',
    'close',
  ),
  which: fc.nat(5),
  amount: fc.integer({ min: 1, max: 1500 }),
  paymentMethod: fc.constantFrom(...paymentMethods),
  isGood: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const toDecision = (
  bench: Bench,
  { what, which, amount, paymentMethod, isGood }: Step,
): Decision => {
  const id = bench.account.intents.at(which)?.id ?? 'pi_none';
  const refund = bench.account.refunds.at(which)?.id ?? 're_none';
  const dispute = bench.account.disputes.at(which)?.id ?? 'du_none';
  const decisions: Record<Step['what'], () => Decision> = {
    create: () => create({ amount: `${amount}` }),
    hold: () =>
      hold({ payment_method: paymentMethod, capture_method: isGood ? 'manual' : 'automatic' }),
    confirm: () => confirm(id, { payment_method: paymentMethod }),
    capture: () => capture(id, isGood ? {} : { amount_to_capture: `${amount}` }),
    cancel: () => cancel(id),
    expire: () => expireAuthorisation(id),
    authenticate: () => authenticateIntent(id, isGood ? 'succeed' : 'fail'),
    refund: () => giveBack(id, isGood ? undefined : amount),
    dispute: () => openDispute(id, isGood ? undefined : amount),
    close: () => closeDispute(dispute, isGood ? 'won' : 'lost'),
    settle: () => settleRefund(refund, isGood ? 'succeeded' : 'failed'),
  };
  return decisions[what]();
};

describe('any sequence of requests', () => {
  const run = (steps: readonly Step[]): Bench => {
    const bench = new Bench();
    for (const each of steps) bench.take(toDecision(bench, each));
    return bench;
  };

  it('never captures more than was authorised, nor refunds or disputes more than was captured', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { account } = run(steps);
        let owed = 0;
        for (const intent of account.intents.values()) {
          const charges = account.chargesOf(intent.id).values();
          const live = charges.filter(
            ({ status, isReleased }) => status === 'succeeded' && !isReleased,
          );
          expect(live.length).toBeLessThanOrEqual(1);
          const captured = live[0]?.amountCaptured ?? 0;
          const refunded = account
            .refundsOf(intent.id)
            .values()
            .filter(({ status }) => status !== 'failed')
            .reduce((sum, { amount }) => sum + amount, 0);
          expect(captured).toBeLessThanOrEqual(intent.amount);
          expect(intent.amountReceived).toBe(captured);
          expect(refunded).toBeLessThanOrEqual(captured);
          expect(live[0]?.amountRefunded ?? 0).toBe(refunded);
          expect(intent.status === 'canceled' && live.length > 0).toBe(false);
          expect(intent.amountCapturable).toBe(
            intent.status === 'requires_capture' ? intent.amount : 0,
          );
          const held = account
            .disputesOf(intent.id)
            .values()
            .filter(({ status }) => status !== 'won')
            .reduce((sum, { amount }) => sum + amount, 0);
          expect(held).toBeLessThanOrEqual(captured);
          owed += captured - refunded - held;
        }
        expect(account.balance.get('eur') ?? 0).toBe(owed);
      }),
    );
  });

  it('is the same account when the journal is read again', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bench = run(steps);
        const again = new Account();
        for (const [i, record] of bench.records.entries()) {
          again.apply(JSON.parse(JSON.stringify(record)) as JournalRecord, {
            offset: i + 1,
            length: 1,
          });
        }
        expect(again).toEqual(bench.account);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Transfer } from '../ledger/transfer.ts';
import { type DisputeStatus, canMove } from '../transitions.ts';
import { type Dispute, type DisputeSnapshot, decideDispute, disputeTransfer } from './dispute.ts';

const seen: fc.Arbitrary<DisputeSnapshot> = fc.record({
  id: fc.constant('du_1'),
  status: fc.constantFrom('inquiry' as const, 'open' as const, 'won' as const, 'lost' as const),
  amount: fc.constantFrom(500n, 600n),
  currency: fc.constantFrom('EUR', 'USD'),
});

/** What comes of seeing these, one after the other. */
const learn = (views: readonly DisputeSnapshot[]) => {
  const posted: Transfer[] = [];
  const path: DisputeStatus[] = [];
  let known: Dispute | undefined;
  for (const view of views) {
    const decision = decideDispute(known, view, 'EUR');
    if (decision.kind !== 'step') continue;
    for (const to of decision.to) {
      posted.push(disputeTransfer('o', view, { from: known?.status, to }));
      known = { id: view.id, amount: view.amount, currency: view.currency, status: to };
      path.push(to);
    }
    expect(decideDispute(known, view, 'EUR').kind).toBe('none');
  }
  return { posted, path, known };
};

const balanceOf = (posted: readonly Transfer[], account: string): bigint =>
  posted
    .flatMap(({ entries }) => entries)
    .reduce((sum, entry) => (entry.account === account ? sum + entry.amount : sum), 0n);

describe('a dispute, seen in any order, late and twice', () => {
  it('goes along its edges, and each status is posted once, in sums of zero', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 8 }), (views) => {
        const { posted, path } = learn(views);
        expect(path[0] ?? 'open').toBe('open');
        for (const [i, to] of path.entries()) {
          const from = path[i - 1];
          if (from) expect(from !== to && canMove('disputes', from, to)).toBe(true);
        }
        expect(new Set(posted.map(({ kind }) => kind)).size).toBe(posted.length);
        for (const { entries } of posted) {
          expect(entries.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves the books as the bank left the money', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 8 }), (views) => {
        const { posted, known } = learn(views);
        const amount = known?.amount ?? 0n;
        const status = known?.status ?? 'won';
        expect(balanceOf(posted, 'psp_clearing')).toBe(status === 'won' ? 0n : -amount);
        expect(balanceOf(posted, 'disputes')).toBe(status === 'open' ? amount : 0n);
        expect(balanceOf(posted, 'dispute_losses')).toBe(status === 'lost' ? amount : 0n);
      }),
      { numRuns: 3000 },
    );
  });

  it('of other money than ours is never believed, and an inquiry moves none', () => {
    const view = { id: 'du_1', status: 'open', amount: 500n, currency: 'USD' } as const;
    expect(decideDispute(undefined, view, 'EUR').kind).toBe('break');
    const known = { id: 'du_1', status: 'open', amount: 500n, currency: 'EUR' } as const;
    expect(decideDispute(known, { ...known, status: 'lost', amount: 501n }, 'EUR').kind).toBe(
      'break',
    );
    expect(decideDispute(undefined, { ...view, status: 'inquiry' }, 'EUR').kind).toBe('none');
  });
});

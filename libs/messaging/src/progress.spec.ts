import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Progress } from './progress.ts';

const maxBatch = 3;
const at = (n: number): Date => new Date(n);

/** An outbox whose ids are drawn in order, and become visible in any. */
class OutboxModel {
  readonly drawn: number[] = [];
  readonly waiting = new Set<number>();
  readonly committedAt = new Map<number, number>();
  readonly out = new Set<number>();
  private ids = 0;
  private clock = 0;

  draw(): void {
    this.drawn.push((this.ids += 1));
  }

  commit(nth: number): void {
    const [id] = this.drawn.splice(nth % Math.max(1, this.drawn.length), 1);
    if (id === undefined) return;
    this.committedAt.set(id, (this.clock += 1));
    this.waiting.add(id);
  }

  /** What the relay does once; a relay that is killed has published and not deleted. */
  move(progress: Progress, isKilled: boolean): Date | undefined {
    const visible = [...this.waiting].toSorted((a, b) => a - b);
    const batch = visible.slice(0, maxBatch);
    const last_id = batch.length === maxBatch ? String(visible.at(-1)) : null;
    const time = at((this.clock += 1));
    const claim = progress.isOutAsOf({ time, last_id }, batch.at(-1)?.toString());
    for (const id of batch) {
      this.out.add(id);
      if (!isKilled) this.waiting.delete(id);
    }
    return claim;
  }

  isOutBefore(claim: Date): boolean {
    return [...this.committedAt].every(
      ([id, committedAt]) => committedAt >= claim.getTime() || this.out.has(id),
    );
  }
}

describe('the progress of a relay', () => {
  it('holds: all that was committed before it is out, however ids and batches fall', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('draw' as const) },
      { weight: 4, arbitrary: fc.nat(5) },
      { weight: 3, arbitrary: fc.constant('move' as const) },
      { weight: 1, arbitrary: fc.constant('kill' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const outbox = new OutboxModel();
        let progress = new Progress();
        for (const each of steps) {
          if (each === 'draw') outbox.draw();
          if (typeof each === 'number') outbox.commit(each);
          const isMoved = each === 'move' || each === 'kill';
          const claim = isMoved ? outbox.move(progress, each === 'kill') : undefined;
          if (each === 'kill') progress = new Progress();
          expect(claim === undefined || outbox.isOutBefore(claim)).toBe(true);
        }
      }),
    );
  });

  it('goes on while there is always more than a batch', () => {
    const outbox = new OutboxModel();
    const progress = new Progress();
    const claims: Date[] = [];
    for (let round = 0; round < 30; round += 1) {
      for (let i = 0; i < maxBatch + 1; i += 1) {
        outbox.draw();
        outbox.commit(0);
      }
      const claim = outbox.move(progress, false);
      if (claim) claims.push(claim);
    }
    expect(outbox.waiting.size).toBeGreaterThanOrEqual(30);
    expect(claims.length).toBeGreaterThan(3);
  });

  it('of a batch that is exactly all there is holds at once', () => {
    const outbox = new OutboxModel();
    for (let i = 0; i < maxBatch; i += 1) {
      outbox.draw();
      outbox.commit(0);
    }
    expect(outbox.move(new Progress(), false)).toEqual(at(maxBatch + 1));
  });
});

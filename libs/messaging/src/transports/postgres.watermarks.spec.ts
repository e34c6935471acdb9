import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Notice, decodeNotice, encodeNotice } from './postgres.notice.ts';
import { Watermarks } from './postgres.watermarks.ts';

const topic = 'payments.stock';
const maxBatch = 2;
type Fact = { readonly committedAt: number; readonly partition: number };

/** An owner with a relay, a log of three partitions, and one member of a group that reads it. */
class World {
  readonly watermarks = new Watermarks([topic]);
  private readonly waiting: Fact[] = [];
  private readonly log: [Fact[], Fact[], Fact[]] = [[], [], []];
  private readonly handled: [number, number, number] = [0, 0, 0];
  private readonly notices: Notice[] = [];
  private actual: readonly number[] = [];
  private believed: readonly number[] = [];
  private reading: { facts: readonly Fact[]; held: number; drained: () => void } | undefined;
  private clock = 0;

  commit(partition: number): void {
    this.waiting.push({ committedAt: (this.clock += 1), partition });
  }

  relay(): void {
    const facts = this.waiting.splice(0);
    for (const fact of facts) this.log[fact.partition as 0].push(fact);
    const watermark = { app: 'payments', time: new Date((this.clock += 1)) };
    this.notices.push({ topics: facts.length > 0 ? [topic] : [], watermark });
  }

  notify(): void {
    const notice = this.notices.shift();
    if (notice) this.watermarks.hear(decodeNotice(encodeNotice(notice)));
  }

  /** The connection is lost, and with it what was on its way. */
  lose(): void {
    this.notices.length = 0;
    this.reading = undefined;
    this.watermarks.lose();
  }

  /** Others take all partitions, and this member does not know. */
  evict(): void {
    this.actual = [];
  }

  share(held: readonly number[]): void {
    if (this.reading) return;
    this.actual = this.believed = held;
    this.watermarks.hold(held.map((partition) => ({ topic, partition })));
  }

  read(): void {
    if (this.reading) return;
    const drained = this.watermarks.beginRead();
    const facts = this.actual
      .flatMap((p) => this.log[p as 0].slice(this.handled[p as 0]))
      .slice(0, maxBatch);
    this.reading = { facts, held: this.actual.length, drained };
  }

  handle(): void {
    if (!this.reading) return;
    const { facts, held, drained } = this.reading;
    for (const { partition } of facts) this.handled[partition as 0] += 1;
    this.reading = undefined;
    if (held === this.watermarks.heldCount && facts.length < maxBatch) drained();
  }

  get isHonest(): boolean {
    const claim = this.watermarks.of(topic);
    if (!claim) return true;
    const unhandled = this.believed.flatMap((p) => this.log[p as 0].slice(this.handled[p as 0]));
    return [
      ...unhandled,
      ...this.waiting.filter(({ partition }) => this.believed.includes(partition)),
    ].every(({ committedAt }) => committedAt >= claim.getTime());
  }
}

describe('the watermark of a reader', () => {
  it('holds: whatever was committed before it was handled, whatever is lost or taken away', () => {
    const held = fc.subarray([0, 1, 2]);
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.nat(2).map((p) => (world: World) => world.commit(p)) },
      { weight: 3, arbitrary: fc.constant((world: World) => world.relay()) },
      { weight: 4, arbitrary: fc.constant((world: World) => world.notify()) },
      { weight: 4, arbitrary: fc.constant((world: World) => world.read()) },
      { weight: 4, arbitrary: fc.constant((world: World) => world.handle()) },
      { weight: 1, arbitrary: held.map((p) => (world: World) => world.share(p)) },
      { weight: 1, arbitrary: fc.constant((world: World) => world.lose()) },
      { weight: 1, arbitrary: fc.constant((world: World) => world.evict()) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const world = new World();
        world.share([0, 1, 2]);
        for (const each of steps) {
          each(world);
          expect(world.isHonest).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('comes without a read as long as nothing new is told', () => {
    const world = new World();
    world.share([0, 1, 2]);
    world.read();
    world.handle();
    expect(world.watermarks.of(topic)).toBeUndefined();
    for (let i = 1; i <= 3; i += 1) {
      world.relay();
      world.notify();
      expect(world.watermarks.of(topic)).toEqual(new Date(i));
    }
    world.commit(1);
    world.relay();
    world.notify();
    expect(world.watermarks.of(topic)).toEqual(new Date(3));
    world.read();
    world.handle();
    expect(world.watermarks.of(topic)).toEqual(new Date(5));
  });

  it('says nothing of partitions that were just taken over, until they were read', () => {
    const world = new World();
    world.share([0]);
    world.read();
    world.handle();
    world.relay();
    world.notify();
    expect(world.watermarks.of(topic)).toEqual(new Date(1));
    world.share([0, 1]);
    expect(world.watermarks.of(topic)).toBeUndefined();
    world.read();
    world.handle();
    expect(world.watermarks.of(topic)).toEqual(new Date(1));
  });
});

describe('a notice', () => {
  it('of a release that said only the topic is understood, and what is none says nothing', () => {
    expect(decodeNotice('payments.stock')).toEqual({ topics: ['payments.stock'] });
    expect(decodeNotice('{"topics":7}')).toEqual({ topics: [] });
    expect(decodeNotice('{"topics":[],"watermark":{"app":"payments","time":"x"}}')).toEqual({
      topics: [],
    });
  });
});

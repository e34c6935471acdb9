import type { Logger } from '@hemline/telemetry';
import type { Watermark } from './transport.ts';

// How a reader knows how far it is. After what an app had committed by some time is in the log, the app
// says so in a topic of its own: the time, and where its topics ended then. A reader that is past those
// ends has handled all of it. Its messages are no part of the topics of events, so they make no group
// look behind, cost no replay, and need not be kept for as long as events are.

export type Mark = {
  readonly time: Date;
  /** By topic: the end of each partition. */
  readonly ends: Readonly<Record<string, readonly bigint[]>>;
};

export const encodeMark = ({ time, ends }: Mark): string =>
  JSON.stringify({
    time: time.toISOString(),
    ends: Object.fromEntries(
      Object.entries(ends).map(([topic, offsets]) => [topic, offsets.map(String)]),
    ),
  });

/** Undefined if it is not one: then the copies are as old as the last one says. */
export const decodeMark = (value: string): Mark | undefined => {
  try {
    const { time, ends } = JSON.parse(value) as {
      time: string;
      ends: Record<string, string[]>;
    };
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return undefined;
    const entries = Object.entries(ends).map(
      ([topic, offsets]) => [topic, offsets.map(BigInt)] as const,
    );
    return { time: date, ends: Object.fromEntries(entries) };
  } catch {
    return undefined;
  }
};

const maxMarks = 256;

/** What a member of a group has handled, against what the owners of its topics have said. */
export class Progress {
  private readonly marks = new Map<string, Mark[]>();
  /** By topic and partition, those that this member holds: the next offset. */
  private positions = new Map<string, Map<number, bigint | undefined>>();
  private reached = new Map<string, Date>();

  /** The partitions of this member from now on; where it stands in them is said later. */
  hold(partitions: Readonly<Record<string, readonly number[]>>): void {
    this.reached = new Map();
    this.positions = new Map(
      Object.entries(partitions).map(([topic, numbers]) => [
        topic,
        new Map(numbers.map((partition) => [partition, undefined])),
      ]),
    );
  }

  holds(topic: string, partition: number): boolean {
    return this.positions.get(topic)?.has(partition) ?? false;
  }

  held(topic: string): number[] {
    return [...(this.positions.get(topic)?.keys() ?? [])];
  }

  moveTo(topic: string, partition: number, next: bigint): void {
    const held = this.positions.get(topic);
    if (!held?.has(partition)) return;
    const position = held.get(partition);
    if (position === undefined || next > position) held.set(partition, next);
  }

  add(owner: string, mark: Mark): void {
    const marks = this.marks.get(owner) ?? [];
    marks.push(mark);
    // A reader that is far behind needs no more than some of them to say how far.
    this.marks.set(owner, marks.length > maxMarks ? marks.filter((_, i) => i % 2 === 0) : marks);
  }

  watermark(owner: string, topic: string): Date | undefined {
    const held = [...(this.positions.get(topic) ?? [])];
    const isPast = ({ ends }: Mark): boolean =>
      held.every(([partition, position]) => {
        const end = ends[topic]?.[partition];
        return position !== undefined && end !== undefined && position >= end;
      });
    const found = this.marks.get(owner)?.findLast(isPast)?.time;
    if (found) this.reached.set(topic, found);
    return this.reached.get(topic);
  }
}

const leastMs = 200;

/** Tells the last watermark soon, and no more often than copies care; one that fails is let go. */
export class WatermarkTeller {
  private last: Watermark | undefined;
  private isTelling = false;
  private toldAt = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tell: (watermark: Watermark) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  offer(watermark: Watermark): void {
    this.last = watermark;
    if (this.isTelling || this.timer) return;
    const waitMs = this.toldAt + leastMs - Date.now();
    if (waitMs <= 0) void this.tellLast();
    else this.timer = setTimeout(() => void this.tellLast(), waitMs);
  }

  close(): void {
    this.last = undefined;
    clearTimeout(this.timer);
  }

  private async tellLast(): Promise<void> {
    this.timer = undefined;
    const watermark = this.last;
    if (!watermark) return;
    this.last = undefined;
    this.isTelling = true;
    try {
      await this.tell(watermark);
    } catch (err) {
      this.logger.debug({ err }, 'how far the outbox is could not be told');
    } finally {
      this.isTelling = false;
      this.toldAt = Date.now();
    }
    if (this.last) this.offer(this.last);
  }
}

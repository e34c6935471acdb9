import type { Partition } from './postgres.groups.ts';
import type { Notice } from './postgres.notice.ts';

const nameOf = ({ topic, partition }: Partition): string => `${topic} ${partition}`;
const ownerOf = (topic: string): string => topic.split('.', 1)[0] ?? '';

/**
 * As of when a member of a group has handled everything, partition by partition.
 *
 * PostgreSQL brings notices in the order in which their transactions committed. A watermark says that
 * all its owner had committed before then is in the log, so it is there for every read that begins
 * after the notice came. Such a read that finds less than it could take, and all of it handled, shows
 * that the watermark holds here too. After that, as long as no notice speaks of anything new, each
 * later watermark holds at once, without a read.
 *
 * A claim once made stays true, wherever its partition goes: what was handled stays handled.
 */
export class Watermarks {
  private readonly claims = new Map<string, Date>();
  private heard: ReadonlyMap<string, Date> = new Map();
  private held: readonly Partition[] = [];
  /** Nothing new was spoken of since the last read began. */
  private isQuiet = false;
  /** The last read found everything, and nothing new was spoken of since it began. */
  private isDrained = false;
  private readonly topics: ReadonlySet<string>;

  constructor(topics: readonly string[]) {
    this.topics = new Set(topics);
  }

  /** True where there is something to read. */
  hear({ topics, watermark }: Notice): boolean {
    const isNew = topics.some((topic) => this.topics.has(topic));
    if (isNew) this.isQuiet = this.isDrained = false;
    if (watermark) {
      this.heard = new Map([...this.heard, [watermark.app, watermark.time]]);
      if (this.isDrained) this.claim(this.heard);
    }
    return isNew;
  }

  /** The partitions that this member holds from now on; of new ones it knows nothing yet. */
  hold(held: readonly Partition[]): void {
    const before = new Set(this.held.map(nameOf));
    if (held.some((each) => !before.has(nameOf(each)))) this.isDrained = false;
    this.held = held;
  }

  get heldCount(): number {
    return this.held.length;
  }

  /** Notices may have been missed. */
  lose(): void {
    this.isQuiet = this.isDrained = false;
  }

  /**
   * A read begins. The answer is called once all that there was is handled: if the read took less than
   * it could, from all partitions that are held.
   */
  beginRead(): () => void {
    const before = this.heard;
    this.isQuiet = true;
    return () => {
      this.isDrained = this.isQuiet;
      this.claim(this.isQuiet ? this.heard : before);
    };
  }

  of(topic: string): Date | undefined {
    let least: Date | undefined;
    for (const each of this.held) {
      if (each.topic !== topic) continue;
      const claim = this.claims.get(nameOf(each));
      if (!claim) return undefined;
      if (!least || claim < least) least = claim;
    }
    return least;
  }

  heldOf(topic: string): Map<number, Date | undefined> {
    const held = this.held.filter((each) => each.topic === topic);
    return new Map(held.map((each) => [each.partition, this.claims.get(nameOf(each))]));
  }

  private claim(watermarks: ReadonlyMap<string, Date>): void {
    for (const each of this.held) {
      const time = watermarks.get(ownerOf(each.topic));
      const name = nameOf(each);
      const claimed = this.claims.get(name);
      if (time && (!claimed || claimed < time)) this.claims.set(name, time);
    }
  }
}

const things = ['products', 'variants', 'photos'] as const;
export type Thing = (typeof things)[number];

const outcomes = ['new', 'changed', 'unchanged', 'refused', 'missing'] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of everything so far. */
export class Tally {
  private readonly counts = new Map<string, number>();
  /** Rows that could not be read, so that nobody knows what they were. */
  private unreadRows = 0;

  add(thing: Thing, outcome: Outcome, count = 1): void {
    this.counts.set(`${thing} ${outcome}`, this.count(thing, outcome) + count);
  }

  addUnreadRow(): void {
    this.unreadRows += 1;
  }

  get hasRefused(): boolean {
    return this.unreadRows > 0 || things.some((thing) => this.count(thing, 'refused') > 0);
  }

  /** "12 products, 40 variants, 31 photos": those that are done with. */
  toProgress(): string {
    const sum = (thing: Thing) =>
      outcomes.reduce((total, outcome) => total + this.count(thing, outcome), 0);
    return things.map((thing) => `${sum(thing)} ${thing}`).join(', ');
  }

  toSummary(): string {
    const parts = things.map((thing) => {
      const told = outcomes.filter((outcome) => outcome !== 'missing' || thing === 'photos');
      const words = told.map((outcome) => `${this.count(thing, outcome)} ${outcome}`);
      return `${thing}: ${words.join(', ')}`;
    });
    if (this.unreadRows > 0) parts.push(`rows that could not be read: ${this.unreadRows}`);
    return parts.join('; ');
  }

  private count(thing: Thing, outcome: Outcome): number {
    return this.counts.get(`${thing} ${outcome}`) ?? 0;
  }
}

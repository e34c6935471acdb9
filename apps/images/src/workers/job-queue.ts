/** Who waits: `now` someone for something quick, `soon` someone, `later` nobody. */
export type Urgency = 'now' | 'soon' | 'later';

const order = ['now', 'soon', 'later'] as const satisfies Urgency[];

/** Jobs by urgency, and in order of arrival within one. */
export class JobQueue<Job extends object> {
  private readonly jobs: Readonly<Record<Urgency, Set<Job>>> = {
    now: new Set(),
    soon: new Set(),
    later: new Set(),
  };

  push(job: Job, urgency: Urgency): void {
    this.jobs[urgency].add(job);
  }

  /** The next job, of one of these urgencies. */
  take(urgencies: readonly Urgency[]): Job | undefined {
    for (const urgency of order) {
      if (!urgencies.includes(urgency)) continue;
      for (const job of this.jobs[urgency]) {
        this.jobs[urgency].delete(job);
        return job;
      }
    }
    return undefined;
  }

  /** Someone asks for what was for later: a job that still waits moves up, never down. */
  hasten(job: Job, urgency: Urgency): void {
    const less = order.slice(order.indexOf(urgency) + 1);
    if (less.some((each) => this.jobs[each].delete(job))) this.push(job, urgency);
  }

  /** How many jobs wait for which someone waits. */
  get pressing(): number {
    return this.jobs.now.size + this.jobs.soon.size;
  }

  clear(): Job[] {
    const left = order.flatMap((urgency) => [...this.jobs[urgency]]);
    for (const urgency of order) this.jobs[urgency].clear();
    return left;
  }
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JobQueue, type Urgency } from './job-queue.ts';

const all: readonly Urgency[] = ['now', 'soon', 'later'];
const drain = <Job extends object>(queue: JobQueue<Job>): Job[] => {
  const taken: Job[] = [];
  for (let job = queue.take(all); job; job = queue.take(all)) taken.push(job);
  return taken;
};

describe('a queue of jobs', () => {
  it('gives each job once: the urgent first, then as they came', () => {
    const arrivals = fc.array(fc.constantFrom(...all), { maxLength: 50 });
    fc.assert(
      fc.property(arrivals, (urgencies) => {
        const queue = new JobQueue<{ urgency: Urgency; nth: number }>();
        const jobs = urgencies.map((urgency, nth) => ({ urgency, nth }));
        for (const job of jobs) queue.push(job, job.urgency);
        expect(queue.pressing).toBe(urgencies.filter((each) => each !== 'later').length);
        const rank = ({ urgency }: { urgency: Urgency }): number => all.indexOf(urgency);
        expect(drain(queue)).toEqual(jobs.toSorted((a, b) => rank(a) - rank(b) || a.nth - b.nth));
      }),
    );
  });

  it('gives nobody a job of an urgency that was not asked for', () => {
    const queue = new JobQueue<object>();
    queue.push({}, 'later');
    expect(queue.take(['now', 'soon'])).toBeUndefined();
    expect(queue.take(all)).toBeDefined();
  });

  it('moves a waiting job up and never down, and does not bring back one that was taken', () => {
    const queue = new JobQueue<{ name: string }>();
    const [early, late, urgent] = [{ name: 'early' }, { name: 'late' }, { name: 'urgent' }];
    queue.push(early, 'later');
    queue.push(late, 'later');
    queue.push(urgent, 'now');
    queue.hasten(late, 'soon');
    queue.hasten(urgent, 'soon');
    expect(queue.take(all)).toBe(urgent);
    queue.hasten(urgent, 'now');
    expect(drain(queue)).toEqual([late, early]);
  });
});

import { readFileSync } from 'node:fs';
import { createLogger, createMetrics } from '@hemline/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aPicture } from '../../test/pictures.ts';
import { PictureWorkers } from './picture-workers.ts';

let workers: PictureWorkers;
const metrics = createMetrics('test');

beforeEach(() => {
  metrics.clear();
  workers = new PictureWorkers(createLogger({ service: 'test', level: 'silent' }), metrics);
});
afterEach(() => workers.onApplicationShutdown());

const children = (): number[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);

const killNewChild = async (known: readonly number[]): Promise<void> => {
  for (;;) {
    const pid = children().find((child) => !known.includes(child));
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('the picture workers', () => {
  it('read a picture and make derivatives of it', async () => {
    const bytes = await aPicture('png', { width: 200, height: 100 });
    expect(await workers.inspect(bytes)).toMatchObject({ width: 200, height: 100 });
    const { bytes: made } = workers.derive(
      async () => ({ bytes }),
      { width: 160, format: 'jpeg' },
      'now',
    );
    expect((await made)?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  });

  it('answer although one of them is killed in the middle of a task', async () => {
    const bytes = await aPicture('jpeg', { width: 2000, height: 2000 });
    const known = children();
    const inspection = workers.inspect(bytes);
    await killNewChild(known);
    expect(await inspection).toMatchObject({ width: 2000, height: 2000 });
  });

  it('refuse a picture that ends two of them', async () => {
    const bytes = await aPicture('jpeg', { width: 2000, height: 2000 });
    const known = children();
    const inspection = workers.inspect(bytes).then(
      () => 'read',
      (error: Error) => error.message,
    );
    await killNewChild(known);
    await killNewChild(known.concat(children()));
    expect(await inspection).toContain('images.unreadable');
  });

  it('load an original only when its turn comes, and say if it is not there', async () => {
    const bytes = await aPicture('jpeg', { width: 1000, height: 1000 });
    let loads = 0;
    const locate = async (): Promise<{ bytes: Buffer }> => {
      loads += 1;
      return { bytes };
    };
    const many = Array.from({ length: 10 }, () =>
      workers.derive(locate, { width: 960, format: 'avif' }, 'soon'),
    );
    expect(loads).toBe(2);
    await Promise.all(many.map((each) => each.bytes));
    const none = workers.derive(async () => undefined, { width: 160, format: 'avif' }, 'soon');
    expect(await none.bytes).toBeUndefined();
  });

  it('work ahead on one process only, and do first what someone asks for', async () => {
    const bytes = await aPicture('jpeg', { width: 1300, height: 1300 });
    const done: string[] = [];
    const ahead = Array.from({ length: 4 }, (_, i) => {
      const job = workers.derive(async () => ({ bytes }), { width: 960, format: 'avif' }, 'later');
      return { job, end: job.bytes.then(() => done.push(`ahead ${i}`)) };
    });
    ahead[3]?.job.hasten('soon');
    const asked = workers.derive(async () => ({ bytes }), { width: 160, format: 'jpeg' }, 'now');
    await Promise.all([asked.bytes.then(() => done.push('asked')), ...ahead.map(({ end }) => end)]);
    expect(done.indexOf('ahead 3')).toBeLessThan(done.indexOf('ahead 1'));
    expect(done.at(-1)).toBe('ahead 2');
  });
});

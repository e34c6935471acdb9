import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Process, never, page, until, wait } from '../test/process.ts';
import { RedisServer, describeWithRedis, freePort } from '../test/redis-server.ts';

const entries = 'test:pages:entry:*';
/** The command time-out, and what a busy machine adds to it. */
const longestMs = 100 + 400;
/** Of hundreds of requests: one that waited for Redis, and some for the machine. One a request would be all. */
const few = 10;

/** A network in front of Redis that can begin to swallow everything, without a word. */
class BlackHole {
  isOpen = false;
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async inFrontOf(port: number): Promise<BlackHole> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const hole = new BlackHole(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        hole.sockets.add(from);
        from.on('data', (bytes) => void (hole.isOpen || to.write(bytes)));
        from.on('close', () => to.destroy());
        from.on('error', () => {});
      }
    });
    return hole;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

describeWithRedis('a Redis that fails', () => {
  let server: RedisServer;
  let one: Process;
  const closing: (() => void)[] = [];

  const makeProcess = (url = server.url, settings = {}): Process => {
    const made = new Process(url, settings);
    closing.push(() => made.link.close());
    return made;
  };
  const countEntries = (): Promise<number> =>
    server.ask(async (redis) => (await redis.keys(entries)).length);
  const isThere = (key: string): Promise<boolean> =>
    server.ask(async (redis) => (await redis.exists(key)) === 1);
  /** Uses the cache until what it loads is in Redis again. */
  const isInUse = async (process: Process): Promise<void> => {
    let i = 0;
    await until(async () => {
      await process.cache.get(`probe ${Date.now()} ${(i += 1)}`, page('probe'));
      return (await countEntries()) > 0;
    });
  };
  /** Reads keys that are not held, one after the other: how long each one took. */
  const readMany = async (process: Process, name: string, count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; i < count; i += 1) {
      const start = performance.now();
      const text = `${name} ${i}`;
      expect(await process.cache.get(text, page(text))).toEqual({ text });
      times.push(performance.now() - start);
    }
    return times;
  };
  const slow = (times: readonly number[]): number => times.filter((ms) => ms > 50).length;

  beforeEach(async () => {
    server = await RedisServer.start();
    one = await makeProcess().up();
    await isInUse(one);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await server.stop();
  });

  it('costs one time-out where it is paused, is reported once, and is used again by itself', async () => {
    server.pause();
    const together = await Promise.all(
      Array.from({ length: 50 }, (_, i) => readMany(one, `together ${i}`, 1)),
    );
    const times = await readMany(one, 'paused', 300);
    await wait(1000);
    times.push(...(await readMany(one, 'still paused', 300)));
    expect(Math.max(...times, ...together.flat())).toBeLessThan(longestMs);
    expect(slow(times)).toBeLessThan(few);
    expect(one.link.isUp).toBe(false);
    expect(one.said()).toEqual(['Redis is lost']);
    server.resume();
    await until(() => one.link.isUp);
    await isInUse(one);
    expect(one.said()).toEqual(['Redis is lost', 'Redis is back']);
  });

  it('costs one time-out where the network swallows everything', async () => {
    const hole = await BlackHole.inFrontOf(server.port);
    closing.push(() => hole.close());
    const process = await makeProcess(hole.url).up();
    hole.isOpen = true;
    const times = await readMany(process, 'swallowed', 300);
    await wait(1000);
    times.push(...(await readMany(process, 'still swallowed', 300)));
    expect(Math.max(...times)).toBeLessThan(longestMs);
    expect(slow(times)).toBeLessThan(few);
    hole.isOpen = false;
    await until(() => process.link.isUp);
    await isInUse(process);
    expect(process.said()).toEqual(['Redis is lost', 'Redis is back']);
  });

  it('is not taken for lost by a process that had no time to read', async () => {
    const reading = readMany(one, 'stalled', 1);
    await turn();
    const busyUntil = Date.now() + 300;
    while (Date.now() < busyUntil);
    await reading;
    await until(() => one.link.isUp);
    await isInUse(one);
    expect(one.said()).toEqual([]);
  });

  it('is done without where it was killed, and used again once it is started', async () => {
    const reading = readMany(one, 'around the kill', 2000);
    await server.kill();
    const times = [...(await reading), ...(await readMany(one, 'killed', 300))];
    expect(Math.max(...times)).toBeLessThan(longestMs);
    expect(slow(times)).toBeLessThan(few);
    await until(() => !one.link.isUp);
    await server.run();
    await until(() => one.link.isUp);
    await isInUse(one);
    expect(one.said()).toEqual(['Redis is lost', 'Redis is back']);
  });

  it('may be absent at the start', async () => {
    await server.kill();
    const process = makeProcess();
    expect(slow(await readMany(process, 'early', 100))).toBeLessThan(few);
    await until(() => process.said().length > 0);
    await wait(500);
    expect(slow(await readMany(process, 'absent', 100))).toBeLessThan(few);
    await server.run();
    await until(() => process.link.isUp);
    await isInUse(process);
    expect(process.said()).toEqual(['Redis is lost', 'Redis is back']);
  });

  it('may be emptied at any time', async () => {
    for (let i = 0; i < 20; i += 1) {
      await readMany(one, `flushed ${i}`, 20);
      await server.ask((redis) => redis.flushall());
    }
    await isInUse(one);
    expect(one.counts).toMatchObject({ garbage: 0, errors: 0 });
    expect(one.said()).toEqual([]);
  });

  it('goes on answering with what it has where it is full, and takes more once there is room', async () => {
    const two = await makeProcess().up();
    await one.cache.get('kept', page('kept'));
    await until(() => isThere('test:pages:entry:1:kept'));
    await server.ask((redis) => redis.config('SET', 'maxmemory', '1'));
    expect(slow(await readMany(one, 'full', 100))).toBeLessThan(few);
    expect(await two.cache.get('kept', never)).toEqual({ text: 'kept' });
    await until(() => one.said().length > 0);
    await readMany(one, 'still full', 100);
    expect(one.said()).toEqual(['Redis takes no values']);
    expect(one.counts['errors']).toBeGreaterThan(0);
    await server.ask((redis) => redis.config('SET', 'maxmemory', '0'));
    await until(async () => {
      await readMany(one, `room ${Date.now()}`, 1);
      return one.said().length > 1;
    });
    expect(one.said()).toEqual(['Redis takes no values', 'Redis takes values again']);
  });

  it('forgets even where it is full', async () => {
    const [two, three] = [await makeProcess().up(), await makeProcess().up()];
    await one.cache.get('a', page('old'));
    await until(() => isThere('test:pages:entry:1:a'));
    await server.ask((redis) => redis.config('SET', 'maxmemory', '1'));
    one.cache.delete('a');
    await until(async () => !(await isThere('test:pages:generation')));
    expect(await two.cache.get('a', page('new'))).toEqual({ text: 'new' });
    expect(await three.cache.get('a', page('new'))).toEqual({ text: 'new' });
  });

  it('that missed a change hears of it as soon as it is back', async () => {
    for (const forget of ['delete', 'clear'] as const) {
      const teller = await makeProcess().up();
      await isInUse(teller);
      await teller.cache.get(forget, page('old'));
      await until(() => isThere(`test:pages:entry:1:${forget}`));
      server.pause();
      await readMany(teller, `lost ${forget}`, 1);
      await until(() => teller.said().includes('Redis is lost'));
      teller.cache[forget](forget);
      expect(await teller.cache.get(forget, page('new'))).toEqual({ text: 'new' });
      server.resume();
      await until(() => teller.link.isUp);
      await until(async () => !(await isThere('test:pages:generation')));
      const reader = await makeProcess().up();
      expect(await reader.cache.get(forget, page('new'))).toEqual({ text: 'new' });
    }
  });

  it('that refuses to forget is not asked by who made the change', async () => {
    await one.cache.get('a', page('old'));
    await until(() => isThere('test:pages:entry:1:a'));
    // A copy of a Redis that is away: it may be read, and takes no word of ours.
    await server.ask(async (redis) => redis.replicaof('127.0.0.1', await freePort()));
    one.cache.delete('a');
    await wait(50);
    expect(await one.cache.get('a', page('new'))).toEqual({ text: 'new' });
    expect(one.counts['skipped']).toBe(1);
  });

  it('that never hears of a change serves the others no longer than any entry lives', async () => {
    const short = { ttlMs: 400, staleMs: 400 };
    const [teller, reader] = [makeProcess(server.url, short), makeProcess(server.url, short)];
    await teller.up();
    await reader.up();
    const loadedAt = Date.now();
    await teller.cache.get('a', page('old'));
    await until(() => isThere('test:pages:entry:1:a'));
    // It was away while the event came, and its teller is gone when it is back.
    teller.link.close();
    teller.cache.delete('a');
    let last = 0;
    while (Date.now() < loadedAt + 1200) {
      if ((await reader.cache.get('a', never).catch(() => undefined))?.text === 'old')
        last = Date.now();
      await wait(5);
    }
    expect(last).toBeGreaterThan(loadedAt);
    expect(last).toBeLessThanOrEqual(loadedAt + 800);
  });

  it('that reads an entry long after it was sent keeps it no longer for that', async () => {
    const process = await makeProcess(server.url, { ttlMs: 100, staleMs: 100 }).up();
    await process.cache.get('first', page('first'));
    await wait(20);
    const gate = Promise.withResolvers<{ text: string }>();
    let isLoading = false;
    const loading = process.cache.get('late', () => {
      isLoading = true;
      return gate.promise;
    });
    await until(() => isLoading);
    server.pause();
    gate.resolve({ text: 'late' });
    await loading;
    await wait(400);
    server.resume();
    const two = await makeProcess().up();
    expect(await two.cache.get('late', page('new'))).toEqual({ text: 'new' });
    const kept = await server.ask((redis) => redis.getBuffer('test:pages:entry:1:late'));
    expect(kept === null || !kept.includes('late')).toBe(true);
  });
});

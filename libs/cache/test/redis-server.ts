import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { Redis } from 'ioredis';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;

// oxlint-disable jest/valid-describe-callback, jest/valid-title, jest/no-disabled-tests -- names and skips the suites of others

/** A suite for which a real Redis is needed; where there is none it is skipped, and says why. */
export const describeWithRedis = (name: string, suite: () => void): void => {
  if (isInstalled) describe(name, suite);
  else describe.skip(`${name} (skipped: there is no redis-server on PATH)`, suite);
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** A real Redis that keeps nothing on disk, to be paused, killed and started again. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  private readonly folder: string;
  private process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.folder = folder;
  }

  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'hemline-redis-'));
    const server = new RedisServer(await freePort(), folder);
    await server.run(settings);
    return server;
  }

  async run(settings: readonly string[] = []): Promise<void> {
    const own = [
      '--port',
      `${this.port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      this.folder,
    ];
    this.process = spawn('redis-server', [...own, ...settings], { stdio: 'ignore' });
    await this.ask(async (redis) => redis.ping());
  }

  /** It keeps its connections, and the system takes new ones for it; nothing is answered. */
  pause(): void {
    this.process?.kill('SIGSTOP');
  }

  resume(): void {
    this.process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (!process) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }

  /** As somebody who looks in from outside. */
  async ask<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: 200 });
    redis.on('error', () => {});
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

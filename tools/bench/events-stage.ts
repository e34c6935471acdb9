import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '@hemline/postgres';
import { clearLeftovers } from '../../infra/local/src/postgres/leftovers.ts';
import {
  migrateAll,
  provisionAll,
  type Databases,
} from '../../infra/local/src/postgres/databases.ts';
import { withClient, withDatabase } from '../../infra/local/src/postgres/provision.ts';
import { startPostgres, type PostgresServer } from '../../infra/local/src/postgres/server.ts';
import { databases } from '../../infra/local/src/topology.ts';
import type { Groups } from './machine.ts';

/**
 * Where the way of an event is measured: payments, which tells, and cart, which copies, as they are
 * deployed, over a PostgreSQL of their own; and a database with the tables of both, for the floor.
 */

const home = resolve(import.meta.dirname, '../..');
const floor = 'bench_events_floor';
const readyWithinMs = 30_000;

export type EventSettings = Readonly<Record<string, string>>;
export type Apps = { readonly pids: Groups; stop(): Promise<void> };

export class Stage {
  readonly server: PostgresServer;
  readonly floorUrl: string;
  private readonly databases: Databases;
  private readonly folder: string;
  private readonly portBase: number;

  private constructor(
    server: PostgresServer,
    given: Databases,
    { folder, portBase }: { folder: string; portBase: number },
  ) {
    this.server = server;
    this.databases = given;
    this.folder = folder;
    this.portBase = portBase;
    this.floorUrl = withDatabase(server.url, floor);
  }

  static async prepare(portBase: number): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'hemline-bench-'));
    const dataDir = join(folder, 'postgres');
    const server = await startPostgres({ dataDir, port: portBase + 10 });
    const roles = databases.flatMap((name) => [name, `${name}_owner`]);
    const passwords = Object.fromEntries(roles.map((role) => [role, 'bench']));
    const given = await provisionAll(server.url, passwords);
    await migrateAll(given.ownerUrls, home);
    const stage = new Stage(server, given, { folder, portBase });
    await stage.prepareFloor();
    return stage;
  }

  /** As the administrator. */
  urlOf(database: 'payments' | 'cart' | 'events'): string {
    return withDatabase(this.server.url, database);
  }

  private async prepareFloor(): Promise<void> {
    await withClient(this.server.url, (admin) => admin.query(`create database ${floor}`));
    for (const [table, dir] of [
      ['log_migrations', 'libs/messaging/migrations/log'],
      ['messaging_migrations', 'libs/messaging/migrations/app'],
      ['migrations', 'apps/cart/migrations'],
    ] as const) {
      await migrate({ databaseUrl: this.floorUrl, dir: join(home, dir), table });
    }
  }

  /** Starts the two, and resolves when both are ready. */
  async startApps(settings: EventSettings): Promise<Apps> {
    const apps = [
      this.spawn('payments', this.portBase + 3, {
        ...settings,
        STAFF_JWKS: '{"keys":[]}',
        TOKEN_SECRET: 'bench'.repeat(8),
        PSP_API_URL: `http://127.0.0.1:${this.portBase + 5}`,
        PSP_SECRET_KEY: 'sk_test_bench',
        PSP_WEBHOOK_SECRETS: 'whsec_bench',
      }),
      this.spawn('cart', this.portBase + 2, settings),
    ];
    const stop = async (): Promise<void> => {
      await Promise.all(apps.map(({ child }) => end(child)));
    };
    try {
      await Promise.all(apps.map(({ child, url }) => untilReady(child, url)));
    } catch (error) {
      await stop();
      throw error;
    }
    const pids = apps.map(({ name, child }) => [name, [child.pid ?? 0]] as const);
    return { pids: { ...Object.fromEntries(pids), postgres: [this.server.pid() ?? 0] }, stop };
  }

  async forget(): Promise<void> {
    await this.server.stop();
    await clearLeftovers(join(this.folder, 'postgres')).catch(() => {});
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What a process of an app is told, but for its port and what only payments needs. */
  environmentOf(name: 'payments' | 'cart', settings: EventSettings): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'error',
      SERVICE_VERSION: 'bench',
      GIT_COMMIT: 'bench',
      DATABASE_URL: this.databases.databaseUrls[name],
      EVENTS_DATABASE_URL: this.databases.eventsUrls[name],
      ...settings,
    };
  }

  private spawn(name: 'payments' | 'cart', port: number, settings: EventSettings) {
    const child = fork(join(home, 'apps', name, 'dist/main.js'), {
      execArgv: ['--import', join(home, 'libs/telemetry/dist/register.js')],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...this.environmentOf(name, settings), PORT: String(port) },
    });
    return { name, child, url: `http://127.0.0.1:${port}` };
  }
}

const untilReady = async (child: ChildProcess, url: string): Promise<void> => {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`${url} did not become ready`);
    }
    await sleep(50);
  }
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

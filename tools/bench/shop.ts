import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reset } from '../../infra/local/src/folder/reset.ts';
import type { State } from '../../infra/local/src/folder/state.ts';
import type { Groups } from './machine.ts';

const home = resolve(import.meta.dirname, '../..');
const startWithinMs = 90_000;
const pollMs = 20;

export type Start = {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * The platform as `npm start` runs it, in a data folder of its own that is forgotten at the end. It
 * leads a process group of its own, so that a Ctrl-C reaches the bench alone, which then stops it.
 */
export class Shop {
  readonly dataDir: string;
  private readonly portBase: number;
  private readonly events: string;
  private launcher: ChildProcess | undefined;
  private output = '';

  private constructor(dataDir: string, portBase: number, events: string) {
    this.dataDir = dataDir;
    this.portBase = portBase;
    this.events = events;
  }

  /** `events` is how they travel, as `npm start -- --events` takes it. */
  static async prepare(portBase: number, events: string): Promise<Shop> {
    return new Shop(await mkdtemp(join(tmpdir(), 'hemline-bench-')), portBase, events);
  }

  /** Resolves when all of it is ready, with how long that took. */
  async start({ flags = [], env = {} }: Start = {}): Promise<{ state: State; seconds: number }> {
    const startedAt = performance.now();
    const args = ['--conditions=source', 'infra/local/start.js', '--empty', '--events'];
    const where = ['--port-base', String(this.portBase), '--data', this.dataDir];
    this.output = '';
    const launcher = spawn(process.execPath, [...args, this.events, ...flags, ...where], {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LOG_LEVEL: 'info', ...env },
    });
    this.launcher = launcher;
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    for (;;) {
      const text = await readFile(join(this.dataDir, 'state.json'), 'utf8').catch(() => undefined);
      const seconds = (performance.now() - startedAt) / 1000;
      if (text !== undefined) return { state: JSON.parse(text) as State, seconds };
      if (launcher.exitCode !== null || seconds * 1000 > startWithinMs) {
        throw new Error(`the platform did not start:\n${this.output}`);
      }
      await sleep(pollMs);
    }
  }

  async stop(): Promise<void> {
    const { launcher } = this;
    this.launcher = undefined;
    if (!launcher || launcher.exitCode !== null || launcher.signalCode !== null) return;
    const ended = once(launcher, 'exit');
    launcher.kill('SIGINT');
    await ended;
  }

  async forget(): Promise<void> {
    await this.stop();
    await reset(this.dataDir);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** Whose CPU time counts: every process of ours, by name. */
export const groupsOf = ({ launcher, services, postgres, kafka }: State): Groups => ({
  ...Object.fromEntries(Object.entries(services).map(([app, { pid }]) => [app, [pid]])),
  launcher: [launcher.pid],
  postgres: postgres ? [postgres.pid] : [],
  ...(kafka && 'pid' in kafka && { kafka: [kafka.pid] }),
});

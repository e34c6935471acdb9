import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOOP_AFTER_DEATHS, restartDelay, WELL_AFTER_MS } from './backoff.ts';
import { endProcess, identify, trySignal, type ProcessIdentity } from './identity.ts';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /**
   * An open file for all output, which outlives us; or else lines, and a channel whose end tells
   * the child that we died.
   */
  readonly output: number | ((line: string) => void);
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end after the stop signal before it is killed. */
  readonly patienceMs: number;
  /** Sent to each new child over its channel. */
  readonly message?: object;
  /** Runs before each start: clears what an earlier run may have left. */
  prepare?(): Promise<void>;
  /** Asked again and again after each start until it says yes. */
  isReady(): Promise<boolean>;
}

export interface Watcher {
  onStart?(process: ProcessIdentity): void;
  /** `again` is false for the first time. */
  onReady?(info: { again: boolean; afterMs: number }): void;
  onDeath?(death: Death): void;
}

export interface Death {
  /** "exit code 1" or "SIGKILL". */
  readonly how: string;
  /** Deaths in a row, this one included. */
  readonly deaths: number;
  readonly retryMs: number;
  readonly isLoop: boolean;
  /** True once, for the death that made a loop of it. */
  readonly loopBegins: boolean;
}

const READY_POLL_MS = 50;

/**
 * Keeps one program running until it is told to stop.
 *
 * Its life is one loop: prepare, start, wait for the end; after a death that nobody asked for, wait
 * a little longer each time and go round again. Readiness is watched beside the loop, for the child
 * that is running now and no other. Children lead process groups of their own, so that a Ctrl-C in
 * the terminal reaches us alone, and we decide the order.
 */
export class Supervisor {
  readonly program: Program;
  private readonly watcher: Watcher;
  private readonly stopping = new AbortController();
  private readonly firstReady = Promise.withResolvers<void>();
  private child: ChildProcess | undefined;
  private identity: ProcessIdentity | undefined;
  private lastPid: number | undefined;
  private loop: Promise<void> | undefined;
  private deaths = 0;
  private hasBeenReady = false;
  private isRestarting = false;

  constructor(program: Program, watcher: Watcher = {}) {
    this.program = program;
    this.watcher = watcher;
    this.firstReady.promise.catch(() => {});
  }

  /**
   * Resolves when the program is ready for the first time; rejects when it is stopped before, or
   * has died that many times, if a number is given.
   */
  start({ attempts = Infinity }: { attempts?: number } = {}): Promise<void> {
    this.loop ??= this.run(attempts);
    return this.firstReady.promise;
  }

  get running(): ProcessIdentity | undefined {
    return this.identity;
  }

  /** Of the process that runs, or else of the one that ran last. */
  get pid(): number | undefined {
    return this.lastPid;
  }

  async stop(patienceMs = this.program.patienceMs): Promise<void> {
    this.stopping.abort();
    this.firstReady.reject(new Error(`${this.program.name} was stopped`));
    if (this.identity) await endProcess(this.identity, this.program.stopSignal, patienceMs);
    await this.loop;
  }

  /** For a second Ctrl-C: no waiting, no order. */
  kill(signal: NodeJS.Signals): void {
    this.stopping.abort();
    if (this.identity) trySignal(this.identity.pid, signal);
  }

  /** Ends the running child; the loop then starts a new one at once. */
  async restart(): Promise<void> {
    if (this.identity) {
      this.isRestarting = true;
      await endProcess(this.identity, this.program.stopSignal, this.program.patienceMs);
    }
  }

  private async run(attempts: number): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const startedAt = performance.now();
      const how = await this.live().catch((error: unknown) => String(error));
      if (this.stopping.signal.aborted) return;
      if (this.isRestarting) {
        this.isRestarting = false;
        continue;
      }
      const lived = performance.now() - startedAt;
      this.deaths = lived > WELL_AFTER_MS ? 1 : this.deaths + 1;
      const retryMs = restartDelay(this.deaths);
      const loopBegins = this.deaths === LOOP_AFTER_DEATHS;
      const isLoop = this.deaths >= LOOP_AFTER_DEATHS;
      this.watcher.onDeath?.({ how, deaths: this.deaths, retryMs, isLoop, loopBegins });
      if (!this.hasBeenReady && this.deaths >= attempts) {
        this.firstReady.reject(new Error(how));
        return;
      }
      await sleep(retryMs, undefined, { signal: this.stopping.signal }).catch(() => {});
    }
  }

  /** One life of the program; resolves with how it ended. */
  private async live(): Promise<string> {
    await this.program.prepare?.();
    if (this.stopping.signal.aborted) return 'not started';
    const child = this.spawn();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    if (child.pid !== undefined) {
      this.child = child;
      this.identity = await identify(child.pid);
      this.lastPid = child.pid;
      this.watcher.onStart?.(this.identity);
      if (this.program.message) child.send(this.program.message, () => {});
      void this.watchReadiness(child);
      // A stop that came while the child was being identified found nothing to end.
      if (this.stopping.signal.aborted) child.kill(this.program.stopSignal);
    }
    const how = await ended;
    this.child = undefined;
    this.identity = undefined;
    return how;
  }

  private spawn(): ChildProcess {
    const { command, args, env, cwd, uid, gid, output } = this.program;
    const child = spawn(command, args, {
      env,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio:
        typeof output === 'number' ? ['ignore', output, output] : ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    if (typeof output === 'function') {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', output);
      }
    }
    return child;
  }

  private async watchReadiness(child: ChildProcess): Promise<void> {
    const startedAt = performance.now();
    while (this.child === child && !this.stopping.signal.aborted) {
      if (await this.program.isReady().catch(() => false)) {
        if (this.child !== child) return;
        const again = this.hasBeenReady;
        this.hasBeenReady = true;
        this.watcher.onReady?.({ again, afterMs: performance.now() - startedAt });
        this.firstReady.resolve();
        return;
      }
      await sleep(READY_POLL_MS);
    }
  }
}

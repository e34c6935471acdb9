import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { extname } from 'node:path';
import type { PictureAnswer, PictureTask } from './picture-task.ts';

/** The process ended, or had to be ended, before it answered. */
export class WorkerLost extends Error {}

/** `.ts` when this runs from source, as in tests; `.js` when built. */
const entry = new URL(`./picture.worker${extname(import.meta.filename)}`, import.meta.url);
const maxTaskMs = 30_000;
const maxIdleMs = 15_000;
/** Above this after a task the process is replaced: memory that a decoder took is seldom given back. */
const maxRssBytes = 320 * 1024 * 1024;

/** One worker process, started when there is something to do and ended when there is not. */
export class WorkerProcess {
  private child: ChildProcess | undefined;
  private idle: NodeJS.Timeout | undefined;

  /** `niceness` as the operating system has it: 0 for as usual, 19 for last. */
  constructor(private readonly niceness: number) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async run(task: PictureTask): Promise<PictureAnswer> {
    clearTimeout(this.idle);
    const child = this.child ?? this.start();
    const timer = setTimeout(() => child.kill('SIGKILL'), maxTaskMs);
    try {
      const answer = await exchange(child, task);
      if (answer.rssBytes > maxRssBytes) this.stop();
      return answer;
    } finally {
      clearTimeout(timer);
      this.idle = setTimeout(() => this.stop(), maxIdleMs).unref();
    }
  }

  stop(): void {
    clearTimeout(this.idle);
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private start(): ChildProcess {
    const child = fork(entry, {
      execArgv: ['--max-old-space-size=128', '--disable-warning=ExperimentalWarning'],
      env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    // A system that does not let us be nice is served all the same.
    if (this.niceness > 0 && child.pid !== undefined) {
      try {
        setPriority(child.pid, this.niceness);
      } catch {}
    }
    this.child = child;
    return child;
  }
}

const exchange = (child: ChildProcess, task: PictureTask): Promise<PictureAnswer> =>
  new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      end();
    };
    const onMessage = (answer: unknown): void => settle(() => resolve(answer as PictureAnswer));
    const onExit = (code: number | null, signal: string | null): void =>
      settle(() => reject(new WorkerLost(`it ended with ${signal ?? code}`)));
    const onError = (error: Error): void => settle(() => reject(new WorkerLost(error.message)));
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(task, (error) => error && onError(error));
  });

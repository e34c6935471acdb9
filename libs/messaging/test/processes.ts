import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');

/** A process runs what is built, as in production; this builds what is not built yet. */
export const build = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-b',
    join(root, 'libs/messaging'),
  ]);
};

export type Instance = {
  readonly child: ChildProcess;
  /** What it said so far. */
  readonly said: readonly unknown[];
  /** Resolves with the signal or exit code that ended it. */
  readonly ended: Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it, whatever state it is in. */
  close(): Promise<void>;
};

type Options = {
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
};

/** Starts a script of this folder, such as `service.ts`. */
export const startProcess = (script: string, { env, nodeArgs = [] }: Options): Instance => {
  const child = spawn(process.execPath, [...nodeArgs, join(import.meta.dirname, script)], {
    env: {
      PATH: process.env['PATH'],
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const said: unknown[] = [];
  child.on('message', (message) => said.push(message));
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  return {
    child,
    said,
    ended,
    signal: (signal) => void child.kill(signal),
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

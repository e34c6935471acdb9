import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { node } from './steps.ts';

type Options = {
  readonly data: string;
  readonly portBase: number;
  readonly flags?: readonly string[];
};

export type Platform = {
  readonly statePath: string;
  /** As Ctrl-C does; resolves once everything has ended. */
  stop(): Promise<void>;
};

const readyWithinMs = 180_000;

/** The platform as `npm start` brings it up, until `state.json` says that all of it is ready. */
export const startPlatform = async ({ data, portBase, flags = [] }: Options): Promise<Platform> => {
  const child = spawn(
    node,
    [
      '--conditions=source',
      'infra/local/start.js',
      '--port-base',
      String(portBase),
      '--data',
      data,
      ...flags,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await ended;
  };
  const statePath = join(data, 'state.json');
  const end = Date.now() + readyWithinMs;
  while (
    !(await access(statePath).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error('the platform did not become ready');
    }
    await sleep(200);
  }
  return { statePath, stop };
};

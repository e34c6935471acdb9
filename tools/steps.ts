import { spawn } from 'node:child_process';

export type Outcome = { readonly code: number; readonly output: string };

type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Shown as it comes, or kept until it is known whether anybody needs it. */
  readonly show?: boolean;
};

/** Runs one command of ours to its end. */
export const run = (
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.show) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

export const node = process.execPath;
export const jest = ['--no-warnings', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Runs a step under its name; on failure its output is shown and `false` returned. */
export const step = async (
  name: string,
  command: string,
  args: readonly string[],
): Promise<boolean> => {
  const startedAt = Date.now();
  const { code, output } = await run(command, args);
  const took = seconds(Date.now() - startedAt);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${took})`);
  if (code !== 0) console.log(output);
  return code === 0;
};

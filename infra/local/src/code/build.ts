import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../refusal.ts';

/**
 * Compiles what has changed since the last time; says so first only if it takes long enough to be
 * wondered about.
 */
export async function build(home: string, onSlow: () => void): Promise<void> {
  const compiler = join(home, 'node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) {
    if (existsSync(join(home, 'apps/web/dist/main.js'))) return;
    throw new Refusal('The TypeScript compiler is not installed; run "npm ci" first.');
  }
  const slow = setTimeout(onSlow, 1_000);
  const { code, output } = await runCompiler(compiler, home);
  clearTimeout(slow);
  if (code !== 0) {
    throw new Refusal(`${output.trimEnd()}\n\nThe build failed; the lines above say where.`);
  }
}

async function runCompiler(compiler: string, home: string) {
  const child = spawn(process.execPath, [compiler, '-b'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number>((resolve) => {
    child.once('close', (status) => resolve(status ?? 1));
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
  });
  return { code, output };
}

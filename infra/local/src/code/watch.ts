import { spawn } from 'node:child_process';
import { existsSync, watch as watchFolder } from 'node:fs';
import { join } from 'node:path';
import type { Launch } from '../launch.ts';
import type { Terminal } from '../output/terminal.ts';
import { apps, type App } from '../topology.ts';

export interface WatchOptions {
  readonly home: string;
  readonly launch: Launch;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

const SETTLE_MS = 300;

/** Compiles on each change, and restarts the services whose compiled code has changed. */
export function watch({ home, launch, terminal, signal }: WatchOptions): void {
  const compiler = join(home, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [compiler, '-b', '--watch', '--preserveWatchOutput'], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  child.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((each) => each.includes('error TS'))) {
      terminal.say('hemline', line);
    }
  });
  const changed = new Set<App>();
  let timer: NodeJS.Timeout | undefined;
  const note = (names: readonly App[]) => {
    for (const name of names) changed.add(name);
    clearTimeout(timer);
    timer = setTimeout(() => {
      terminal.say('hemline', `changed: ${[...changed].join(', ')}`);
      launch.restart([...changed]);
      changed.clear();
    }, SETTLE_MS);
  };
  for (const app of apps) watchCode(join(home, 'apps', app, 'dist'), () => note([app]), signal);
  // A library may be in any of them.
  watchCode(join(home, 'libs'), () => note(apps), signal);
}

function watchCode(folder: string, onChange: () => void, signal: AbortSignal): void {
  if (!existsSync(folder)) return;
  watchFolder(folder, { recursive: true, signal }, (_, file) => {
    if (file?.endsWith('.js') && !file.includes('node_modules')) onChange();
  }).on('error', () => {});
}

import { toPaths } from './folder/data-folder.ts';
import { parseFlags, usage, type Flags } from './flags.ts';
import { Launch } from './launch.ts';
import { Terminal } from './output/terminal.ts';
import { Refusal } from './refusal.ts';
import { toPorts, toUrl } from './topology.ts';

/** npm hands a Ctrl-C on to us that the terminal has sent us already; that is not a second one. */
const ECHO_MS = 500;

/** The command `npm start`: runs until it is stopped, and returns the exit code. */
export async function runCommand(args: readonly string[], home: string): Promise<number> {
  try {
    const flags = parseFlags(args, home);
    if (!flags.help) return await run(flags, home);
    console.log(usage);
    return 0;
  } catch (error) {
    return report(error);
  }
}

async function run(flags: Flags, home: string): Promise<number> {
  const paths = toPaths(flags.dataDir);
  const terminal = new Terminal(process.stdout, paths.logOf);
  const stopping = new AbortController();
  const launch = new Launch({
    flags,
    home,
    paths,
    env: process.env,
    terminal,
    signal: stopping.signal,
  });
  listenForStop(stopping, launch, terminal);
  const startedAt = performance.now();
  try {
    await launch.start();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const url = toUrl(toPorts(flags.portBase).web);
    terminal.print(`\nThe shop is open at ${url} (${seconds} s). Ctrl-C closes it.\n`);
    if (flags.watch) {
      const { watch } = await import('./code/watch.ts');
      watch({ home, launch, terminal, signal: stopping.signal });
    }
    await untilAborted(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) {
      terminal.endProgress();
      await launch.stop().catch(report);
      return report(error);
    }
  }
  await launch.stop();
  terminal.print('All stopped.');
  await terminal.close();
  return 0;
}

function listenForStop(stopping: AbortController, launch: Launch, terminal: Terminal): void {
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      terminal.endProgress();
      terminal.print('\nStopping; once more to stop at once.');
      stopping.abort();
    } else if (now - firstAt > ECHO_MS) {
      launch.kill();
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    // A timer keeps the process alive while nothing else would, as when all children are waiting.
    const timer = setInterval(() => {}, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      done();
    });
  });
}

/** A sentence for what a person can act on; a stack for what only its author can. */
function report(error: unknown): number {
  if (error instanceof Refusal) {
    console.error(error.message);
    return error.exitCode;
  }
  if ((error as NodeJS.ErrnoException)?.code === 'ENOSPC') {
    console.error('The disk is full; make room, or choose a folder elsewhere by --data DIR.');
    return 1;
  }
  console.error(error);
  return 1;
}

import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/**
 * A process number is used again after its process died; number and start time together are not.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

export interface RunningProcess extends ProcessIdentity {
  readonly command: string;
}

/** What runs under this number now, if anything. A zombie has ended: it holds nothing any more. */
export async function inspectProcess(pid: number): Promise<RunningProcess | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (platform() === 'linux') return inspectProc(pid);
  if (platform() === 'win32')
    return isSignalable(pid) ? { pid, startedAt: '', command: '' } : undefined;
  return inspectByPs(pid);
}

async function inspectProc(pid: number): Promise<RunningProcess | undefined> {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The second field is the program's name in brackets, which may hold blanks and brackets
    // itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const startedAt = `${boot.trim()}/${fields[19] ?? ''}`;
    return { pid, startedAt, command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return undefined;
  }
}

async function inspectByPs(pid: number): Promise<RunningProcess | undefined> {
  try {
    const args = ['-o', 'lstart=,command=', '-p', String(pid)];
    const { stdout } = await promisify(execFile)('ps', args, {
      env: { ...process.env, LC_ALL: 'C' },
    });
    // lstart is always 24 characters long in the C locale: "Mon Nov 24 08:16:02 2025".
    return { pid, startedAt: stdout.slice(0, 24), command: stdout.slice(24).trim() };
  } catch {
    return undefined;
  }
}

export async function identify(pid: number): Promise<ProcessIdentity> {
  const { startedAt } = (await inspectProcess(pid)) ?? { startedAt: '' };
  return { pid, startedAt };
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  const found = await inspectProcess(identity.pid);
  return found !== undefined && found.startedAt === identity.startedAt;
}

/**
 * Asks the process to end and, after `patience` milliseconds, makes it. Resolves when it is gone.
 */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  patience: number,
) {
  if (!(await isRunning(identity))) return;
  trySignal(identity.pid, signal);
  if (await isGone(identity, patience)) return;
  trySignal(identity.pid, 'SIGKILL');
  await isGone(identity, 5_000);
}

async function isGone(identity: ProcessIdentity, patience: number): Promise<boolean> {
  const deadline = performance.now() + patience;
  while (await isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

export function trySignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The folder a process works in; PostgreSQL's processes all work in their data folder. Linux only.
 */
export async function findWorkingDirectory(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}

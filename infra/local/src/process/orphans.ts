import { writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { endProcess, isRunning, type ProcessIdentity } from './identity.ts';

/** Writes down which processes are ours, for a next start that finds us killed. */
export function recordChildren(file: string, children: readonly ProcessIdentity[]): void {
  // At once and unsynced: it must be there when this process dies, not when the machine does.
  writeFileSync(file, JSON.stringify(children), { mode: 0o600 });
}

/** Ends what an earlier launcher left running, and nothing else. Returns how many there were. */
export async function endOrphans(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  const children = parse(text);
  const running = await Promise.all(children.map(isRunning));
  const orphans = children.filter((_, index) => running[index]);
  await Promise.all(orphans.map((orphan) => endProcess(orphan, 'SIGTERM', 5_000)));
  await rm(file, { force: true });
  return orphans.length;
}

function parse(text: string): ProcessIdentity[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as ProcessIdentity[]) : [];
  } catch {
    return [];
  }
}

import { readFile, readdir } from 'node:fs/promises';
import { parseMegabytes, parseStat, sum } from './numbers.ts';

/** What Linux knows of processes: their CPU time and their memory. */

/** Names of what is measured, with the processes of each; children of a process count as it. */
export type Groups = Readonly<Record<string, readonly number[]>>;

/** CPU milliseconds so far of each group. */
export type CpuTimes = Readonly<Record<string, number>>;

type Known = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

const readAll = async (): Promise<Map<number, Known>> => {
  const names = await readdir('/proc');
  const read = async (pid: number): Promise<Known | undefined> => {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : { pid, ...parseStat(text) };
  };
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .map(read),
  );
  return new Map(found.filter((known) => known !== undefined).map((known) => [known.pid, known]));
};

/**
 * Of a group's processes and all that they started, unless it is a group of its own: PostgreSQL
 * serves each connection by a child, and the launcher starts them all. A child that has ended is
 * counted in its parent.
 */
export const readCpu = async (groups: Groups): Promise<CpuTimes> => {
  const all = await readAll();
  const names = new Map(
    Object.entries(groups).flatMap(([name, pids]) => pids.map((pid) => [pid, name] as const)),
  );
  const nameOf = (known: Known | undefined): string | undefined =>
    known && (names.get(known.pid) ?? nameOf(all.get(known.parent)));
  const times = Object.fromEntries(Object.keys(groups).map((name) => [name, 0]));
  for (const known of all.values()) {
    const name = nameOf(known);
    if (name !== undefined) times[name] = (times[name] ?? 0) + known.cpuMs;
  }
  return times;
};

/**
 * CPU milliseconds so far of each group as the scheduler counts them, to the nanosecond. `readCpu` counts
 * ticks of ten milliseconds, which is too coarse for those that wake up for a moment now and then.
 */
export const readScheduled = async (groups: Groups): Promise<CpuTimes> => {
  const all = await readAll();
  const readOne = async (pid: number): Promise<number> => {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
    const texts = threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0'),
    );
    return sum((await Promise.all(texts)).map((text) => Number(text.split(' ')[0]) / 1e6));
  };
  const readGroup = async (pids: readonly number[]): Promise<number> => {
    const children = [...all.values()].filter(({ parent }) => pids.includes(parent));
    return sum(await Promise.all([...pids, ...children.map(({ pid }) => pid)].map(readOne)));
  };
  const names = Object.keys(groups);
  const times = await Promise.all(names.map((name) => readGroup(groups[name] ?? [])));
  return Object.fromEntries(names.map((name, i) => [name, times[i] ?? 0]));
};

export type Memory = {
  /** Resident: what is shared between processes, as Node's own code, counts for each of them. */
  readonly residentMb: number;
  /** Proportional: what is shared counts once in all. */
  readonly proportionalMb: number;
};

export const readMemory = async (pid: number): Promise<Memory> => ({
  residentMb: parseMegabytes(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS'),
  proportionalMb: parseMegabytes(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss'),
});

export const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

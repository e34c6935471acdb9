import { setTimeout as sleep } from 'node:timers/promises';
import { ownCpuMs, readCpu, type Groups } from './machine.ts';
import { percentile, type Round } from './numbers.ts';

/** One of those at work at the same time. */
export type Worker = {
  /** One operation, as somebody outside sees it. Throws if it is not answered as it should be. */
  run(): Promise<void>;
  close(): void;
};

export type Load = {
  /** So many at a time: each begins its next operation when its last one was answered. */
  readonly concurrency: number;
  readonly seconds: number;
  readonly groups: Groups;
  open(): Promise<Worker>;
  /** Waits for work that answers have left behind; its CPU time belongs to the operations. */
  settle?(): Promise<void>;
};

const warmUpMs = 700;
const maxFailures = 20;

/** A closed loop for some seconds, behind a warm-up that is not counted. */
export const drive = async (load: Load): Promise<Round> => {
  const { concurrency, seconds, groups, open, settle } = load;
  const workers = await Promise.all(Array.from({ length: concurrency }, () => open()));
  const failures: string[] = [];
  let latencies: number[] = [];
  const running = { on: true };
  const loop = async (worker: Worker): Promise<void> => {
    while (running.on && failures.length < maxFailures) {
      const startedAt = performance.now();
      try {
        await worker.run();
        latencies.push(performance.now() - startedAt);
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
  };
  const loops = workers.map(loop);
  await sleep(warmUpMs);
  const before = await readCpu(groups);
  const ownBefore = ownCpuMs();
  const startedAt = performance.now();
  latencies = [];
  await sleep(seconds * 1000);
  const elapsedMs = performance.now() - startedAt;
  const generatorMs = ownCpuMs() - ownBefore;
  const inTime = latencies.slice();
  running.on = false;
  await Promise.all(loops);
  await settle?.();
  const after = await readCpu(groups);
  for (const worker of workers) worker.close();
  const cpuMs = Object.entries(after).map(([name, ms]): [string, number] => [
    name,
    (ms - (before[name] ?? 0)) / latencies.length,
  ]);
  return {
    rate: (inTime.length / elapsedMs) * 1000,
    p50: percentile(inTime, 0.5),
    p99: percentile(inTime, 0.99),
    cpuMs: Object.fromEntries(cpuMs),
    generatorCpuMs: generatorMs / inTime.length,
    operations: latencies.length,
    failures,
  };
};

/** A B A B: the floor and what is measured take turns, so that both share the machine's moods. */
export const takeTurns = async (
  { floor, subject }: { readonly floor: Load; readonly subject: Load },
  times: number,
): Promise<{ floors: Round[]; subjects: Round[] }> => {
  const floors: Round[] = [];
  const subjects: Round[] = [];
  for (let i = 0; i < times; i += 1) {
    floors.push(await drive(floor));
    subjects.push(await drive(subject));
  }
  return { floors, subjects };
};

export const repeat = async (load: Load, times: number): Promise<Round[]> => {
  const rounds: Round[] = [];
  for (let i = 0; i < times; i += 1) rounds.push(await drive(load));
  return rounds;
};

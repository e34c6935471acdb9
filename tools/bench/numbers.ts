/** The bench's arithmetic, pure. */

/** The smallest value that at least `share` of all values do not exceed; NaN of nothing. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

/** The middle one, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
};

export type ProcessStat = { readonly parent: number; readonly cpuMs: number };

/** Linux counts CPU time in hundredths of a second for programs, whatever the kernel's own tick. */
const msPerTick = 10;

/**
 * `/proc/<pid>/stat`: the parent, and the CPU time of the process and of its children that have
 * ended. The name stands in parentheses and may hold spaces and parentheses itself.
 */
export const parseStat = (text: string): ProcessStat => {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent, ...ticks] = [1, 11, 12, 13, 14].map((index) => fields[index] ?? Number.NaN);
  const cpuMs = ticks.reduce((sum, tick) => sum + tick, 0) * msPerTick;
  if (parent === undefined || Number.isNaN(parent) || Number.isNaN(cpuMs)) {
    throw new Error(`not a stat line of /proc: ${text}`);
  }
  return { parent, cpuMs };
};

/** Megabytes of a line such as `VmRSS:   140000 kB`. */
export const parseMegabytes = (text: string, name: string): number => {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return found === undefined ? Number.NaN : Number(found) / 1024;
};

/** What one round of load came to. */
export type Round = {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the processes under test, in milliseconds an operation, by their names. */
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly generatorCpuMs: number;
  readonly operations: number;
  readonly failures: readonly string[];
};

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const totalCpuMs = (round: Round): number => sum(Object.values(round.cpuMs));

/** Several rounds of one thing as one: the median of each number, so that one bad round is no news. */
export const mergeRounds = (rounds: readonly Round[]): Round => {
  const of = (read: (round: Round) => number) => median(rounds.map(read));
  const names = new Set(rounds.flatMap(({ cpuMs }) => Object.keys(cpuMs)));
  return {
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    cpuMs: Object.fromEntries([...names].map((name) => [name, of((r) => r.cpuMs[name] ?? 0)])),
    generatorCpuMs: of(({ generatorCpuMs }) => generatorCpuMs),
    operations: sum(rounds.map(({ operations }) => operations)),
    failures: rounds.flatMap(({ failures }) => failures),
  };
};

/**
 * The observations of a histogram in Prometheus text, of one label such as `topic="a"`: of each nothing
 * is known but the bucket that it fell into, so it counts as that bucket's bound.
 */
export const upperBounds = (text: string, name: string, label: string): number[] => {
  let before = 0;
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(`${name}_bucket{`) || !line.includes(label)) return [];
    const bound = Number(/le="([^"]+)"/.exec(line)?.[1]?.replace('+Inf', 'Infinity'));
    const upTo = Number(line.split(' ').at(-1));
    const values = Array.from({ length: upTo - before }, () => bound);
    before = upTo;
    return values;
  });
};

/** What was observed since an earlier look at the same histogram. */
export const observedSince = (earlier: readonly number[], now: readonly number[]): number[] => {
  const known = new Map<number, number>();
  for (const value of earlier) known.set(value, (known.get(value) ?? 0) + 1);
  return now.filter((value) => {
    const left = known.get(value) ?? 0;
    known.set(value, left - 1);
    return left <= 0;
  });
};

/** Median of the ratios of neighbours: what slows the machine for a while slows both of a pair. */
export const pairedRatio = (subjects: readonly Round[], floors: readonly Round[]): number =>
  median(subjects.map(({ rate }, i) => rate / (floors[i]?.rate ?? Number.NaN)));

import type { Fact, Line } from './line.ts';
import { totalCpuMs, type Round } from './numbers.ts';

/** The result as a person reads it. */

type Row = readonly string[];

const heads: Row = [
  '',
  'rate/s',
  'p50 ms',
  'p99 ms',
  'CPU ms/op',
  'load gen.',
  'of floor',
  'target',
  '',
];

const digits = (value: number): string =>
  Number.isNaN(value) ? '' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const thousands = (value: number): string => Math.round(value).toLocaleString('en');
const percent = (value: number): string => `${Math.round(value * 100)} %`;
const verdict = (target: { reached: boolean } | undefined): string =>
  target ? (target.reached ? 'yes' : 'NO') : '';

const toRow = (name: string, round: Round): Row => [
  name,
  thousands(round.rate),
  digits(round.p50),
  digits(round.p99),
  totalCpuMs(round).toFixed(3),
  Number.isNaN(round.generatorCpuMs) ? '' : round.generatorCpuMs.toFixed(3),
];

const toRows = ({ name, subject, floor, ratio, target }: Line): Row[] => [
  [
    ...toRow(name, subject),
    ratio === undefined ? '' : percent(ratio),
    target?.text ?? '',
    verdict(target),
  ],
  ...(floor ? [toRow('  its floor', floor)] : []),
];

const align = (rows: readonly Row[]): string[] => {
  const widths = heads.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const isText = (i: number) => i === 0 || i >= 7;
  return rows.map((row) =>
    widths
      .map((width, i) =>
        isText(i) ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width),
      )
      .join('  ')
      .trimEnd(),
  );
};

/** Where the CPU time of an operation goes, dearest first; what is next to nothing is left out. */
const describeCpu = ({ cpuMs }: Round): string =>
  Object.entries(cpuMs)
    .filter(([, ms]) => ms >= 0.005)
    .sort(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
    .join(', ');

export const describeLine = (line: Line): string => {
  const { rate, p99, failures } = line.subject;
  const parts = [
    `${line.name}: ${thousands(rate)}/s${Number.isNaN(p99) ? '' : `, p99 ${digits(p99)} ms`}`,
    `CPU ${describeCpu(line.subject)}`,
    ...(line.notes ?? []),
    ...(failures[0] ? [`${failures.length} FAILED, as: ${failures[0]}`] : []),
  ];
  return parts.join('; ');
};

export const describeFact = ({ name, value, unit, notes = [] }: Fact): string =>
  [`${name}: ${digits(value)} ${unit}`, ...notes].join('; ');

export const toTable = (lines: readonly Line[], facts: readonly Fact[]): string => {
  const rows: Row[] = [heads, ...lines.flatMap(toRows)];
  const more = facts.map(({ name, value, unit, target }): Row => [
    name,
    `${digits(value)} ${unit}`,
    '',
    '',
    '',
    '',
    '',
    target?.text ?? '',
    verdict(target),
  ]);
  return align([...rows, ...more]).join('\n');
};

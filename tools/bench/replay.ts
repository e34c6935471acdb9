import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../infra/local/src/postgres/provision.ts';
import { Stage } from './events-stage.ts';
import type { Line } from './line.ts';

/** A replay of a million events into the largest of cart's copies, as its stopped container runs it. */

const skus = 200_000;
const versions = 5;
const events = skus * versions;
const partitions = 8;
const withinSeconds = 120;
const flatMb = 30;

export const benchReplay = async (portBase: number): Promise<Line[]> => {
  const stage = await Stage.prepare(portBase);
  try {
    await fillLog(stage.urlOf('events'));
    const { seconds, rssMb } = await measure(stage);
    const copied = await countCopies(stage.urlOf('cart'));
    if (copied !== skus) throw new Error(`${copied} copies were made, and not ${skus}`);
    const growth = growthOf(rssMb);
    return [
      {
        name: 'replay of 1,000,000 events',
        subject: {
          rate: events / seconds,
          p50: Number.NaN,
          p99: Number.NaN,
          cpuMs: {},
          generatorCpuMs: Number.NaN,
          operations: events,
          failures: [],
        },
        target: {
          text: `< ${withinSeconds} s, RSS flat`,
          reached: seconds < withinSeconds && growth < flatMb,
        },
        notes: [
          `${seconds.toFixed(1)} s; RSS ${Math.round(Math.max(...rssMb))} MB at most, ` +
            `${growth.toFixed(0)} MB more in the last third than in the second`,
        ],
      },
    ];
  } finally {
    await stage.forget();
  }
};

/** Straight into the log: how it came there is another measurement. */
const fillLog = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query(
      `with told as (
         select v, s, 'sku-' || s as sku, s % ${partitions} as partition,
           (v - 1) * ${skus / partitions} + s / ${partitions} as "offset"
         from generate_series(1, ${versions}) v, generate_series(0, ${skus - 1}) s
       )
       insert into event_log (topic, partition, "offset", key, event)
       select 'payments.stock', partition, "offset", sku, json_build_object(
         'id', gen_random_uuid(), 'type', 'payments.stock.changed.v1', 'source', 'payments',
         'subject', sku, 'time', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'version', v,
         'dataschema', 'urn:hemline:event:payments.stock.changed.v1', 'data', json_build_object(
           'sku', sku, 'onHand', v + 7, 'held', 0, 'allocated', 0, 'available', v + 7))::text
       from told`,
    );
    await client.query(
      `insert into log_partitions (topic, partition, next_offset)
       select 'payments.stock', p, ${events / partitions} from generate_series(0, ${partitions - 1}) p`,
    );
    await client.query(`insert into log_topics values ('payments.stock', ${partitions})`);
    await client.query('vacuum analyze');
  });

const countCopies = (url: string): Promise<number> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from stock_copies where available = ${versions + 7}`,
    );
    return rows[0]?.n ?? -1;
  });

const measure = async (stage: Stage): Promise<{ seconds: number; rssMb: number[] }> => {
  const rssMb: number[] = [];
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['apps/cart/dist/events.js', 'replay', 'cart', '--from', '0'],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: stage.environmentOf('cart', {}),
    },
  );
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  while (child.exitCode === null && child.signalCode === null) {
    await sleep(250);
    rssMb.push(await readRssMb(child.pid ?? 0));
  }
  const code = await ended;
  if (code !== 0) throw new Error(`the replay ended with ${code}`);
  return { seconds: (performance.now() - startedAt) / 1000, rssMb: rssMb.filter((mb) => mb > 0) };
};

const readRssMb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
};

const growthOf = (rssMb: readonly number[]): number => {
  const third = Math.floor(rssMb.length / 3);
  const peak = (from: number, to?: number): number => Math.max(...rssMb.slice(from, to));
  return peak(2 * third) - peak(third, 2 * third);
};

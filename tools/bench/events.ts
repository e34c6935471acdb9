import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runMakeTopics } from '@hemline/messaging/topics';
import { findKafka } from '../../infra/local/src/kafka/fetch.ts';
import { startVolatileKafka } from '../../infra/local/src/kafka/volatile.ts';
import { withClient } from '../../infra/local/src/postgres/provision.ts';
import { applyOutbox } from './events-floor.ts';
import { Stage, type Apps, type EventSettings } from './events-stage.ts';
import { openKafkaFloor } from './kafka-floor.ts';
import type { Line } from './line.ts';
import { readCpu } from './machine.ts';
import { mergeRounds, pairedRatio, type Round } from './numbers.ts';

/**
 * From the outbox of payments to cart's copy of its stock. Events are put into the outbox by one
 * statement, and counted where cart has applied them, by the versions that it stands at.
 */

const skus = 5000;
const versionsARound = 16;
const eventsARound = skus * versionsARound;
const rounds = 2;
const patienceMs = 120_000;

export const benchEvents = async (portBase: number): Promise<Line[]> => {
  const stage = await Stage.prepare(portBase);
  try {
    return [await benchPostgres(stage), ...(await benchKafka(stage))];
  } finally {
    await stage.forget();
  }
};

const target = { rate: 10_000, ofSql: 0.3 };

const benchPostgres = async (stage: Stage): Promise<Line> => {
  const floors: Round[] = [];
  const subjects: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    floors.push(await floorRound(stage, n));
    subjects.push(await flowRound(stage, n, { EVENTS: 'postgres' }));
  }
  const subject = mergeRounds(subjects);
  const ratio = pairedRatio(subjects, floors);
  return {
    name: 'outbox to copy, postgres',
    subject,
    floor: mergeRounds(floors),
    ratio,
    target: {
      text: '≥ 10,000/s, ≥ 30 %',
      reached: subject.rate >= target.rate && ratio >= target.ofSql,
    },
    notes: [`${eventsARound} events over ${skus} keys, twice`],
  };
};

/** The same two services and databases; their versions go on where the rounds before have ended. */
const benchKafka = async (stage: Stage): Promise<Line[]> => {
  const code = await findKafka({ env: process.env });
  if (code.kind === 'missing') {
    console.log(`outbox to copy, kafka: not measured, as ${code.reason}`);
    return [];
  }
  const kafka = await startVolatileKafka(code);
  const floor = await openKafkaFloor(kafka.brokers);
  try {
    const settings = { EVENTS: 'kafka', KAFKA_BROKERS: kafka.brokers };
    const said = { out: () => {}, err: (line: string) => console.error(line) };
    if ((await runMakeTopics(settings, said)) !== 0) throw new Error('there are no topics');
    const floors: Round[] = [];
    const subjects: Round[] = [];
    for (let n = rounds; n < 2 * rounds; n += 1) {
      floors.push(toRound(await floor.round(eventsARound)));
      subjects.push(await flowRound(stage, n, settings));
    }
    const subject = mergeRounds(subjects);
    return [
      {
        name: 'outbox to copy, kafka',
        subject,
        floor: mergeRounds(floors),
        ratio: pairedRatio(subjects, floors),
        target: { text: '≥ 10,000/s', reached: subject.rate >= target.rate },
        notes: ['the floor is kafkajs alone, a commit a batch, and no database'],
      },
    ];
  } finally {
    await floor.close();
    await kafka.stop();
  }
};

const toRound = (rate: number, cpuMs: Round['cpuMs'] = {}): Round => ({
  rate,
  p50: Number.NaN,
  p99: Number.NaN,
  cpuMs,
  generatorCpuMs: Number.NaN,
  operations: eventsARound,
  failures: [],
});

const floorRound = async ({ floorUrl, server }: Stage, n: number): Promise<Round> => {
  await fillOutbox(floorUrl, n);
  const groups = { postgres: [server.pid() ?? 0] };
  const before = await readCpu(groups);
  const startedAt = performance.now();
  const applied = await applyOutbox(floorUrl);
  const seconds = (performance.now() - startedAt) / 1000;
  if (applied !== eventsARound) throw new Error(`the floor applied ${applied} events`);
  return toRound(applied / seconds, perEvent(before, await readCpu(groups)));
};

/** Counts from the first event that arrived, as before it the relay only waits for its next look. */
const flowRound = async (stage: Stage, n: number, settings: EventSettings): Promise<Round> => {
  const apps: Apps = await stage.startApps(settings);
  const cart = new pg.Client({ connectionString: stage.urlOf('cart') });
  await cart.connect();
  try {
    const earlier = n * eventsARound;
    await fillOutbox(stage.urlOf('payments'), n);
    const before = await readCpu(apps.pids);
    const deadline = performance.now() + patienceMs;
    let first: { readonly at: number; readonly applied: number } | undefined;
    for (;;) {
      const applied = (await countApplied(cart)) - earlier;
      if (!first && applied > 0) first = { at: performance.now(), applied };
      if (first && applied >= eventsARound) {
        const seconds = (performance.now() - first.at) / 1000;
        const rate = (applied - first.applied) / seconds;
        return toRound(rate, perEvent(before, await readCpu(apps.pids)));
      }
      if (performance.now() > deadline) throw new Error(`only ${applied} events arrived`);
      await sleep(50);
    }
  } finally {
    await cart.end();
    await apps.stop();
  }
};

/** Versions follow each other, so the sum of the last ones is the number of events. */
const countApplied = async (cart: pg.Client): Promise<number> => {
  const { rows } = await cart.query<{ n: number }>({
    name: 'bench.applied',
    text: `select coalesce(sum(version), 0)::int as n from aggregate_cursors where topic = 'payments.stock'`,
  });
  return rows[0]?.n ?? 0;
};

const fillOutbox = (url: string, n: number): Promise<void> =>
  withClient(url, async (client) => {
    await client.query(fill, [skus, n * versionsARound + 1, (n + 1) * versionsARound]);
    await client.query('vacuum analyze outbox');
  });

const perEvent = (
  before: Round['cpuMs'],
  after: Round['cpuMs'],
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / eventsARound]),
  );

const fill = `
  insert into outbox (event_id, topic, aggregate_id, aggregate_version, type, data)
  select gen_random_uuid(), 'payments.stock', 'BENCH-' || sku, version, 'payments.stock.changed.v1',
    jsonb_build_object('sku', 'BENCH-' || sku, 'onHand', version, 'held', 0, 'allocated', 0, 'available', version)
  from generate_series($2::int, $3::int) version, generate_series(1, $1::int) sku`;

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { eventually as waitFor } from '../../../postgres/test/eventually.ts';
import type { Engine, Lacks } from '../../test/engine.ts';
import type {
  Message,
  ReceivedMessage,
  SubscribeOptions,
  Subscription,
  Transport,
} from './transport.ts';

// Machines that do much else at once are slow; what waits here waits for conditions.
jest.setTimeout(120_000);

/** A topic that is declared, with more than one partition. */
export const topic = 'payments.stock';

export const eventually = (check: () => void | Promise<void>, ms = 40_000): Promise<void> =>
  waitFor(check, ms);

export const message = (key: string, n: number): Message => ({
  topic,
  key,
  value: JSON.stringify({ key, n }),
});

export const numberOf = ({ value }: Message): number => (JSON.parse(value) as { n: number }).n;

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Declares a test; one that asks for what its engine lacks is skipped, and its name says why. */
export const testsOf =
  (lacks: Lacks) =>
  (need: keyof Lacks, title: string, run: () => Promise<void>): void => {
    const reason = lacks[need];
    const declare = reason === undefined ? it : it.skip;
    declare(reason === undefined ? title : `${title} (not tried: ${reason})`, run);
  };

type Options = Partial<Omit<SubscribeOptions, 'onBatch'>>;

export type Bench = {
  readonly engine: Engine;
  connect(): Transport;
  subscribe(onBatch: SubscribeOptions['onBatch'], options?: Options): Subscription;
  /** What a member received so far. */
  collect(options?: Options): {
    readonly received: ReceivedMessage[];
    readonly member: Subscription;
  };
  /** Ends something with the test, before the log itself. */
  defer(end: () => Promise<void>): void;
};

/** An engine for each test, and what the test opened on it, closed with it. */
export const useEngine = (start: () => Promise<Engine>): Bench => {
  let engine: Engine;
  let endings: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    endings = [];
    engine = await start();
  });

  afterEach(async () => {
    for (const end of endings) await end();
    await engine.close();
  });

  const connect = (): Transport => {
    const transport = engine.connect();
    endings.push(() => transport.close());
    return transport;
  };

  const subscribe: Bench['subscribe'] = (onBatch, options = {}) => {
    const transport = connect();
    const member = transport.subscribe({
      group: 'payments',
      topics: [topic],
      maxBatch: 50,
      onBatch,
      ...options,
    });
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= member.close());
    endings.unshift(close);
    return {
      ping: () => member.ping(),
      pause: () => member.pause(),
      resume: () => member.resume(),
      watermark: (of) => member.watermark(of),
      held: (of) => member.held(of),
      close,
    };
  };

  return {
    get engine() {
      return engine;
    },
    connect,
    subscribe,
    collect: (options) => {
      const received: ReceivedMessage[] = [];
      const member = subscribe(async (batch) => void received.push(...batch), options);
      return { received, member };
    },
    defer: (end) => void endings.unshift(end),
  };
};

/**
 * What a reader with a version gate needs: every number there is up to the last, and none that comes
 * before the one below it. Duplicates may come at any time.
 */
export const expectNoGap = (numbers: readonly number[], last: number): void => {
  let newest = -1;
  for (const n of numbers) {
    if (n > newest + 1) throw new Error(`${n} came after ${newest}: ${numbers.join(' ')}`);
    newest = Math.max(newest, n);
  }
  expect(newest).toBe(last);
};

export const succeeds = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** Publishes 0, 1, 2… under a key, each again until it is acknowledged, as a relay does. */
export const publishSteadily = (transport: Transport, key: string, everyMs = 10) => {
  const stopping = new AbortController();
  let acknowledged = -1;
  let failures = 0;
  const publishing = (async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      while (!(await succeeds(transport.publish([message(key, n)])))) {
        failures += 1;
        await sleep(100);
      }
      acknowledged = n;
      await sleep(everyMs);
    }
  })();
  return {
    acknowledged: () => acknowledged,
    failures: () => failures,
    /** Resolves with the last number, once it is acknowledged. */
    stop: async (): Promise<number> => {
      stopping.abort();
      await publishing;
      return acknowledged;
    },
  };
};

/** The longest time without a message, in milliseconds, since it was asked to look. */
export const watchGap = () => {
  let last = performance.now();
  let longest = 0;
  return {
    tick: (): void => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    },
    longest: (): number => Math.round(longest),
  };
};

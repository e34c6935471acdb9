import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Envelope } from '@hemline/contracts';
import type { Position, ReceivedMessage, Subscription } from '../transports/transport.ts';
import type { Connection } from './connection.ts';
import { type Terminal, bold, dim, printJson } from './terminal.ts';

type TailOptions = Terminal & {
  readonly topic: string;
  readonly from: Position;
  readonly isJson: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Follows a topic with a group of its own, which is forgotten at the end. */
export const tail = async (
  { app, transport }: Connection,
  { topic, from, signal, isJson, out, err }: TailOptions,
): Promise<void> => {
  const group = `${app}.tail-${randomUUID()}`;
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (from instanceof Date) await transport.seek(group, [topic], from);
  const subscription = transport.subscribe({
    group,
    topics: [topic],
    maxBatch: 200,
    from: from === 'latest' ? 'latest' : 'earliest',
    onBatch: async (batch) => {
      for (const message of batch) print(out, message, isJson);
      if (out.writableNeedDrain) await Promise.race([drained(out), ended]);
    },
  });
  // To join takes seconds, and what is told before that is not shown.
  while (!signal.aborted && !(await isHeard(subscription))) await sleep(100);
  if (!signal.aborted) err.write(`Following ${topic}; Ctrl-C ends it.\n`);
  await ended;
  await subscription.close();
  await transport.forget(group);
};

const isHeard = (subscription: Subscription): Promise<boolean> =>
  subscription.ping().then(
    () => true,
    () => false,
  );

/** So that a slow reader behind a pipe slows us, instead of filling memory. */
const drained = (out: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    out.once('drain', () => resolve());
  });

const print = (out: NodeJS.WriteStream, message: ReceivedMessage, isJson: boolean): void => {
  const { topic, partition, offset, key, value } = message;
  const event = toEvent(value);
  if (isJson) {
    printJson(out, { topic, partition, offset: String(offset), key, event: event ?? value });
  } else if (event) {
    const { time, type, version, data } = event;
    out.write(`${dim(time, out)} ${bold(type, out)} ${key} v${version} ${JSON.stringify(data)}\n`);
  } else {
    out.write(`${key} ${value}\n`);
  }
};

const toEvent = (value: string): Envelope | undefined => {
  try {
    const event = JSON.parse(value) as Partial<Envelope> | null;
    return event?.type && event.time ? (event as Envelope) : undefined;
  } catch {
    return undefined;
  }
};

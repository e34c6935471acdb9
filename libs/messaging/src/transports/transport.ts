/** An event as a transport carries it: opaque text under a key of a topic. */
export type Message = {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
};

export type ReceivedMessage = Message & {
  readonly partition: number;
  readonly offset: bigint;
};

export type Subscription = {
  /** Throws while messages cannot be received. */
  ping(): Promise<void>;
  /** Finishes the batch in hand, then gives the partitions back. */
  close(): Promise<void>;
};

export type SubscribeOptions = {
  readonly group: string;
  readonly topics: readonly string[];
  /** Messages in one call, at most. */
  readonly maxBatch: number;
  /** Once it resolves, the batch is committed; if it throws, the same batch comes again. */
  readonly onBatch: (batch: readonly ReceivedMessage[]) => Promise<void>;
};

/**
 * What both engines promise: messages of one key arrive in the order in which they were published;
 * each arrives at least once; the members of a group share the partitions; a new group begins at the
 * first message that is kept.
 */
export interface Transport {
  publish(messages: readonly Message[]): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  /** Messages behind the end of each topic, for one group. */
  lag(group: string): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

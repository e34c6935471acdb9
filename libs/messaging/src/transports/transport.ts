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

/** Everything that `app` had committed before `time`, by its database's clock, is in the log. */
export type Watermark = { readonly app: string; readonly time: Date };

/** A place in a topic: the first message that is kept, the end, or the first one written since. */
export type Position = 'earliest' | 'latest' | Date;

export type Subscription = {
  /**
   * Throws until messages could be received once. A log that is lost later does not make its reader
   * unfit to answer: copies grow old, and say so.
   */
  ping(): Promise<void>;
  /** After the batch in hand nothing is handed over until `resume`; the member keeps its partitions. */
  pause(): void;
  resume(): void;
  /** Whatever the topic's owner had committed before then, in this member's partitions, was handled. */
  watermark(topic: string): Date | undefined;
  /** The partitions of a topic that this member has now, each with its own watermark. */
  held(topic: string): ReadonlyMap<number, Date | undefined>;
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
  /** Where a group begins that has no place yet; the first message that is kept, if absent. */
  readonly from?: 'earliest' | 'latest';
};

/**
 * What both engines promise: messages of one key arrive in the order in which they were published;
 * each arrives at least once; the members of a group share the partitions; a new group begins at the
 * first message that is kept.
 */
export interface Transport {
  /** The watermark, if any, holds once these messages are in the log. There may be none of them. */
  publish(messages: readonly Message[], watermark?: Watermark): Promise<void>;
  subscribe(options: SubscribeOptions): Subscription;
  /** Messages behind the end of each topic, for one group. */
  lag(group: string): Promise<Readonly<Record<string, number>>>;
  /** Members of a group that are alive. */
  members(group: string): Promise<number>;
  /** Moves a group that has no members; throws `GroupRunning` if it has. */
  seek(group: string, topics: readonly string[], to: Position): Promise<void>;
  /** Removes a group that nobody needs any more. */
  forget(group: string): Promise<void>;
  /** Throws until the log was reached once, and its topics were found as they are declared. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export class GroupRunning extends Error {
  constructor(group: string) {
    super(`the group ${group} is running: stop its service first`);
  }
}

/** Topics of the log are not what this version of the platform declares. */
export class TopicMismatch extends Error {}

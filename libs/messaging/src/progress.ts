type Read = {
  /** All that was committed before then was visible. */
  readonly time: Date;
  /** The last id that was visible, where it may be more than what was read. */
  readonly last_id: string | null;
};

/**
 * As of when all that was committed is out, as batches go out in the order of their ids. What is
 * visible at one moment may be more than a batch; it is all out once a batch reaches the last id of
 * that moment. Rows that were committed since, also with lower ids, only come on top.
 */
export class Progress {
  private goal: { readonly time: Date; readonly id: bigint } | undefined;

  /** For the batch that a read found and that ends with `id`: what holds once it is out. */
  isOutAsOf(read: Read | undefined, id: string | undefined): Date | undefined {
    if (!read) return undefined;
    if (read.last_id === null || id === undefined || id === read.last_id) {
      this.goal = undefined;
      return read.time;
    }
    const { goal } = this;
    this.goal ??= { time: read.time, id: BigInt(read.last_id) };
    if (!goal || BigInt(id) < goal.id) return undefined;
    this.goal = { time: read.time, id: BigInt(read.last_id) };
    return goal.time;
  }
}

/**
 * Lets those who want the same thing have it one after the other, in the order in which they asked.
 * Nobody waits for a later one, so no two wait for each other.
 */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  async take(names: readonly string[], work: () => Promise<void>): Promise<void> {
    const earlier = names.flatMap((name) => this.last.get(name) ?? []);
    const done = Promise.all(earlier).then(work);
    const settled = done.catch(() => {});
    for (const name of names) this.last.set(name, settled);
    try {
      await done;
    } finally {
      for (const name of names) if (this.last.get(name) === settled) this.last.delete(name);
    }
  }
}

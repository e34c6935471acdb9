/** The same line again is not news before this long. */
const SAME_MS = 10_000;
/** Different lines that one service may print in that time before the rest is left to its log. */
const MOST = 20;

interface Shown {
  since: number;
  hidden: number;
}

interface Window {
  since: number;
  readonly lines: Map<string, Shown>;
}

/**
 * Keeps a service in trouble from flooding the terminal. A line that comes again is counted, and
 * the count is told when it may be shown once more; all of them are in the log file anyway.
 */
export class Quiet {
  private readonly windows = new Map<string, Window>();

  /** The text to show, if any. */
  filter(service: string, text: string, now: number): string | undefined {
    const lines = this.windowOf(service, now).lines;
    const shown = lines.get(text);
    if (!shown) {
      if (lines.size >= MOST) return undefined;
      lines.set(text, { since: now, hidden: 0 });
      return lines.size === MOST ? `${text} (more of this is in the log)` : text;
    }
    if (now - shown.since < SAME_MS) {
      shown.hidden += 1;
      return undefined;
    }
    const { hidden } = shown;
    lines.set(text, { since: now, hidden: 0 });
    return hidden > 0 ? `${text} (again; ${hidden} not shown)` : text;
  }

  /** Starts anew once a while has passed, keeping the counts of lines that are still coming. */
  private windowOf(service: string, now: number): Window {
    const window = this.windows.get(service);
    if (window && now - window.since < SAME_MS) return window;
    const kept = [...(window?.lines ?? [])].filter(([, { hidden }]) => hidden > 0);
    const next = { since: now, lines: new Map(kept.slice(-MOST / 2)) };
    this.windows.set(service, next);
    return next;
  }
}

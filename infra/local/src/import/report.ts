import cliProgress from 'cli-progress';
import type { Issue } from './shopify/rows.ts';
import { toNames } from './photo-folder.ts';
import type { Tally } from './tally.ts';

export interface ReportOptions {
  /** Of the file, in characters. */
  readonly total: number;
  readonly tally: Tally;
  readonly isVerbose: boolean;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** How often progress is said where it cannot be drawn. */
const SAY_EVERY_MS = 5_000;
/** Photos of so many products are named; a shop's photos may all lie elsewhere. */
const NAMED_PRODUCTS = 20;

/** Everything that a person sees of an import: what is wrong on stderr, and how far it is. */
export class Report {
  private readonly options: ReportOptions;
  private readonly startedAt = performance.now();
  private readonly bars: cliProgress.MultiBar | undefined;
  private readonly bar: cliProgress.SingleBar | undefined;
  private saidAt = performance.now();
  private done = 0;
  private readonly missing = { products: 0, unnamedProducts: 0, unnamedPhotos: 0 };

  constructor(options: ReportOptions) {
    this.options = options;
    if (!options.err.isTTY) return;
    this.bars = new cliProgress.MultiBar({
      stream: options.err,
      format: '{bar} {percentage} % | {counts} | {left}',
      barsize: 24,
      hideCursor: true,
      forceRedraw: true,
      gracefulExit: false,
      clearOnComplete: true,
      etaBuffer: 1,
    });
    this.bar = this.bars.create(options.total, 0, { counts: '', left: '' });
  }

  refuse(issue: Issue): void {
    this.tell('refused', issue);
  }

  note(issue: Issue): void {
    this.tell('note', issue);
  }

  /** Photos of one product that are not in the folder. */
  miss(issues: readonly Issue[]): void {
    const { missing } = this;
    missing.products += 1;
    if (missing.products <= NAMED_PRODUCTS || this.options.isVerbose) {
      const names = issues.map(({ reason }) => toNames(reason)[0] ?? `"${reason}"`).join(', ');
      const { line = 0, column = '' } = issues[0] ?? {};
      this.tell('missing', { line, column, reason: names });
    } else {
      missing.unnamedProducts += 1;
      missing.unnamedPhotos += issues.length;
    }
  }

  /** A product is done with that ended there. */
  reach(end: number): void {
    this.done = Math.max(this.done, end);
    const counts = this.options.tally.toProgress();
    const left = `${this.timeLeft()} left`;
    this.bar?.update(this.done, { counts, left });
    if (this.bar || performance.now() - this.saidAt < SAY_EVERY_MS) return;
    this.saidAt = performance.now();
    const percent = Math.floor((this.done / this.options.total) * 100);
    this.options.out.write(`${percent} % | ${counts} | ${left}\n`);
  }

  say(sentence: string): void {
    if (this.bars) this.bars.log(`${sentence}\n`);
    else this.options.err.write(`${sentence}\n`);
  }

  /** Ends with the one line that tells how it went. */
  finish(): void {
    const { unnamedPhotos, unnamedProducts } = this.missing;
    if (unnamedPhotos > 0) {
      this.say(
        `missing: ${unnamedPhotos} more photos, of ${unnamedProducts} products; ` +
          '--verbose names them all',
      );
    }
    this.bars?.update();
    this.bars?.stop();
    const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(1);
    this.options.out.write(`${this.options.tally.toSummary()} (${seconds} s)\n`);
  }

  private tell(kind: string, { line, column, reason }: Issue): void {
    this.say(`${kind}: line ${line}, ${column}: ${reason}`);
  }

  private timeLeft(): string {
    const elapsedMs = performance.now() - this.startedAt;
    const leftMs = (elapsedMs * (this.options.total - this.done)) / Math.max(1, this.done);
    const seconds = Math.ceil(leftMs / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}

import { copies } from '@hemline/contracts';
import type { JSX } from 'preact';
import { dayAndClock } from '../layout/clock.ts';

type Availability = {
  readonly state: 'in_stock' | 'few_left' | 'sold_out';
  readonly left?: number | undefined;
  /** As of when it is known to be right. */
  readonly asOf: string;
};

/** Availability in catalog and in a bag is a copy, and this is how old it may be without a word. */
const boundMs = Math.max(
  copies['catalog.availability'].boundMs,
  copies['cart.availability'].boundMs,
);

export const stockWords = ({ state, left }: Omit<Availability, 'asOf'>): string => {
  if (state === 'sold_out') return 'Sold out';
  if (state === 'in_stock') return 'In stock';
  return left ? `${left} left` : 'Few left';
};

/** The oldest time of them, where that is older than a copy may be. */
export const oldSince = (asOf: readonly string[], now: Date): Date | undefined => {
  const oldest = Math.min(...asOf.map((each) => Date.parse(each)));
  return now.getTime() - oldest > boundMs ? new Date(oldest) : undefined;
};

/** For a list: one thing of it that alone stands still says so on its own page, and not for all. */
export const newestOf = (asOf: readonly string[]): readonly string[] => asOf.toSorted().slice(-1);

type StockProps = {
  readonly availability: Availability;
  readonly now: Date;
  /** The whole page is an old one, and says so. */
  readonly isHeld?: boolean;
};

/** A number is a copy that changes soon, so it says its age; a word does where it is old. */
export const Stock = ({ availability, now, isHeld = false }: StockProps): JSX.Element => {
  const since = isHeld ? new Date(availability.asOf) : oldSince([availability.asOf], now);
  return (
    <span class={`stock stock-${availability.state}`}>
      {stockWords(availability)}
      {since ? (
        <span class="stock-age"> when we last looked, at {dayAndClock(since, now)}</span>
      ) : (
        availability.state === 'few_left' && <span class="stock-age">, a moment ago</span>
      )}
    </span>
  );
};

type OldStockProps = {
  readonly asOf: readonly string[];
  readonly now: Date;
  readonly class: string;
};

/** For many at once; nothing where all that we know is as new as it should be. */
export const OldStock = ({ asOf, now, class: classes }: OldStockProps): JSX.Element | null => {
  const since = oldSince(asOf, now);
  return since ? (
    <p class={classes} role="status">
      What is in stock is as we knew it at {dayAndClock(since, now)}. We look again when you pay.
    </p>
  ) : null;
};

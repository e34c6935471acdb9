import type { JSX } from 'preact';

type Availability = {
  readonly state: 'in_stock' | 'few_left' | 'sold_out';
  readonly left?: number | undefined;
};

/** How long ago a copied fact was looked up, in the words of a shop assistant. */
export const ago = (asOf: string, now: Date): string => {
  const seconds = Math.max(0, (now.getTime() - Date.parse(asOf)) / 1000);
  if (seconds < 60) return 'a moment ago';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? 'an hour ago' : `${hours} hours ago`;
};

export const stockWords = ({ state, left }: Availability): string => {
  if (state === 'sold_out') return 'Sold out';
  if (state === 'in_stock') return 'In stock';
  return left ? `${left} left` : 'Few left';
};

type StockProps = {
  readonly availability: Availability;
  /** When the page's answer was made; the number is a copy, and says its age. */
  readonly asOf: string;
  readonly now: Date;
};

export const Stock = ({ availability, asOf, now }: StockProps): JSX.Element => (
  <span class={`stock stock-${availability.state}`}>
    {stockWords(availability)}
    {availability.state === 'few_left' && <span class="stock-age">, {ago(asOf, now)}</span>}
  </span>
);

import type { JSX } from 'preact';
import { clock } from './clock.ts';

/** Said on a page that is shown from memory, as the shelf that it describes does not answer. */
export const Held = ({ since }: { readonly since: Date }): JSX.Element => (
  <p class="notice" role="status">
    This is the page as it was at {clock(since)}. Our shelf is not answering just now, so a price or
    the stock may have changed since; your bag and checkout show what is so.
  </p>
);

import type { JSX } from 'preact';
import { Document } from '../../layout/document.tsx';
import { Tape } from '../../layout/marks.tsx';
import type { Shop } from '../../layout/shop.ts';

type WaitingProps = { readonly shop: Shop; readonly refreshSeconds: number };

/** The order was sent, and no answer has come: the page asks again by itself, with the same key. */
export const WaitingPage = ({ shop, refreshSeconds }: WaitingProps): JSX.Element => (
  <Document shop={shop} title="We are asking your bank" refreshSeconds={refreshSeconds}>
    <Tape at="Details and payment" />
    <div class="on-paper">
      <h1>We are asking your bank.</h1>
      <p>You will not be charged twice.</p>
      <p>
        This page asks again by itself, every few seconds. There is nothing that you need to do.
      </p>
    </div>
  </Document>
);

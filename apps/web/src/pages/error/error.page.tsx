import type { JSX } from 'preact';
import { Document } from '../../layout/document.tsx';
import { categoryPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';

export type ErrorProps = {
  readonly shop: Shop;
  readonly title: string;
  readonly words: readonly string[];
  /** Finds what happened in our traces and logs. */
  readonly reference: string;
  /** A way to go on with what she was doing. */
  readonly goOn?: { readonly href: string; readonly title: string } | undefined;
};

export const ErrorPage = ({ shop, title, words, reference, goOn }: ErrorProps): JSX.Element => (
  <Document shop={shop} title={title}>
    <div class="on-paper on-paper-tall">
      <h1>{title}</h1>
      {words.map((sentence) => (
        <p>{sentence}</p>
      ))}
      <ul class="plain-links">
        {goOn && (
          <li>
            <a class="button" href={goOn.href}>
              {goOn.title}
            </a>
          </li>
        )}
        {shop.categories.map(({ path, title: name }) => (
          <li>
            <a href={categoryPath(path)}>{name}</a>
          </li>
        ))}
        <li>
          <a href="/products">Everything</a>
        </li>
        <li>
          <a href="/cart">Your bag</a>
        </li>
      </ul>
      {reference && (
        <p class="reference">
          If you write to us, this helps us find it: <code>{reference}</code>
        </p>
      )}
    </div>
  </Document>
);

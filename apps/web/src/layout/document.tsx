import type { ComponentChildren, JSX } from 'preact';
import { SiteFooter } from './site-footer.tsx';
import { SiteHeader } from './site-header.tsx';
import type { Shop } from './shop.ts';

type DocumentProps = {
  readonly shop: Shop;
  /** Without the shop's name, which is added. */
  readonly title: string;
  readonly description?: string;
  /** Path of the page's one address; pages without one are kept out of search engines. */
  readonly canonicalPath?: string;
  readonly isIndexed?: boolean;
  readonly shareImage?: string;
  readonly structuredData?: readonly object[];
  /**
   * The page asks again by itself after so many seconds: as a whole where there is no script, and in
   * place where there is, so that nobody loses the line that she was reading.
   */
  readonly refreshSeconds?: number;
  /** Words to keep in the search field. */
  readonly words?: string;
  readonly children: ComponentChildren;
};

const shopLine = 'Clothes and small goods for the home, cut to last.';

// `<` would let a title end the script element.
const toScriptText = (data: object): string => JSON.stringify(data).replaceAll('<', '\\u003c');

export const Document = (props: DocumentProps): JSX.Element => {
  const { shop, title, children, refreshSeconds, structuredData = [], words } = props;
  const fullTitle = title === 'Hemline' ? `Hemline: ${shopLine}` : `${title} · Hemline`;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{fullTitle}</title>
        <link
          rel="preload"
          href={shop.assets.headingFont}
          as="font"
          type="font/woff2"
          crossorigin="anonymous"
        />
        <link
          rel="preload"
          href={shop.assets.textFont}
          as="font"
          type="font/woff2"
          crossorigin="anonymous"
        />
        <link rel="stylesheet" href={shop.assets.styles} />
        <link rel="icon" href={shop.assets.icon} type="image/svg+xml" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f2f5f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#151b23" media="(prefers-color-scheme: dark)" />
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        <SearchAndShare {...props} fullTitle={fullTitle} />
        {structuredData.map((data) => (
          <script
            type="application/ld+json"
            dangerouslySetInnerHTML={{ __html: toScriptText(data) }}
          />
        ))}
        <script src={shop.assets.script} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <SiteHeader categories={shop.categories} words={words ?? ''} />
        <main id="main" tabindex={-1} data-refresh={refreshSeconds}>
          {children}
        </main>
        <SiteFooter categories={shop.categories} />
      </body>
    </html>
  );
};

const SearchAndShare = ({
  shop,
  fullTitle,
  description = shopLine,
  canonicalPath,
  isIndexed = canonicalPath !== undefined,
  shareImage,
}: DocumentProps & { readonly fullTitle: string }): JSX.Element => (
  <>
    <meta name="description" content={description} />
    {!isIndexed && <meta name="robots" content="noindex" />}
    {canonicalPath !== undefined && (
      <>
        <link rel="canonical" href={shop.publicUrl + canonicalPath} />
        <meta property="og:url" content={shop.publicUrl + canonicalPath} />
        <meta property="og:title" content={fullTitle} />
        <meta property="og:description" content={description} />
        <meta property="og:site_name" content="Hemline" />
        <meta property="og:type" content={shareImage ? 'product' : 'website'} />
        {shareImage && <meta property="og:image" content={shareImage} />}
      </>
    )}
  </>
);

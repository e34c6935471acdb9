import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { GoodsGrid } from '../../goods/goods-card.tsx';
import { Picture } from '../../goods/picture.tsx';
import { Price } from '../../goods/price.tsx';
import { Document } from '../../layout/document.tsx';
import { Held } from '../../layout/held.tsx';
import { GrainLine } from '../../layout/marks.tsx';
import { categoryPath, productPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';
import { cardSizes } from '../list/list.page.tsx';

export type HomeProps = {
  readonly shop: Shop;
  /** The newest first; undefined where catalog does not answer. */
  readonly items: readonly catalogApi.ProductItem[] | undefined;
  readonly heldSince?: Date | undefined;
};

const railLength = 8;

export const HomePage = ({ shop, items: newest, heldSince }: HomeProps): JSX.Element => {
  const items = newest ?? [];
  // Goods whose picture is still to come wait at the back: this page is looked at first.
  const others = items
    .filter(({ availability }) => availability.state !== 'sold_out')
    .toSorted((a, b) => Number(a.images.length === 0) - Number(b.images.length === 0));
  const lead = others[0] ?? items[0];
  const rail = others.filter((item) => item !== lead).slice(0, railLength);
  return (
    <Document
      shop={shop}
      title="Hemline"
      canonicalPath="/"
      structuredData={[
        {
          '@context': 'https://schema.org',
          '@type': 'WebSite',
          name: 'Hemline',
          url: `${shop.publicUrl}/`,
        },
      ]}
    >
      {heldSince && <Held since={heldSince} />}
      {!newest && <ShelfAway />}
      <section class="lead">
        <div class="lead-words">
          <h1>Cut to last, hemmed to be let down.</h1>
          <p>
            Clothes and small goods for the home, from cloth that we would use twice. Every piece is
            drawn flat before it is sewn, so you see what you get: front, back and seam.
          </p>
          <p>
            <a class="button" href="/products?sort=newest">
              See what is new <GrainLine />
            </a>
          </p>
        </div>
        {lead && <Lead item={lead} imagesUrl={shop.imagesUrl} />}
      </section>
      {rail.length > 0 && (
        <section class="section" aria-labelledby="new">
          <div class="section-head">
            <h2 id="new">New on the rail</h2>
            <a class="way-on" href="/products?sort=newest">
              All that is new <GrainLine />
            </a>
          </div>
          <GoodsGrid items={rail} imagesUrl={shop.imagesUrl} sizes={cardSizes} />
        </section>
      )}
      {/* From the back of the shop, so that no picture is on the page twice where that can be helped. */}
      <Departments shop={shop} items={others.toReversed()} />
      <Story shop={shop} />
    </Document>
  );
};

const ShelfAway = (): JSX.Element => (
  <p class="notice" role="status">
    We cannot reach our shelf at this moment, so there are no goods on this page. Your bag is safe.
    Please look again in a minute.
  </p>
);

const Lead = ({
  item,
  imagesUrl,
}: {
  readonly item: catalogApi.ProductItem;
  readonly imagesUrl: string;
}): JSX.Element => (
  <a class="lead-goods" href={productPath(item.handle)}>
    <Picture
      imagesUrl={imagesUrl}
      image={item.images[0]}
      sizes="(min-width: 1180px) 480px, (min-width: 760px) 42vw, 92vw"
      isFirst
    />
    <span class="lead-label">
      <span class="lead-title">{item.title}</span>
      <Price
        price={item.priceRange.min}
        compareAt={item.compareAt}
        isFrom={item.priceRange.min.amount !== item.priceRange.max.amount}
      />
    </span>
  </a>
);

type DepartmentsProps = {
  readonly shop: Shop;
  readonly items: readonly catalogApi.ProductItem[];
};

const Departments = ({ shop, items }: DepartmentsProps): JSX.Element | null => {
  if (shop.categories.length === 0) return null;
  const pictured = items.filter(({ images }) => images.length > 0);
  return (
    <section class="section" aria-labelledby="departments">
      <h2 id="departments">Departments</h2>
      <ul class="departments">
        {shop.categories.map(({ path, title, count }) => (
          <li>
            <a href={categoryPath(path)}>
              <Picture
                imagesUrl={shop.imagesUrl}
                image={withoutWords(pictured.find(isWithin(path))?.images[0])}
                sizes="(min-width: 48rem) 22vw, calc(50vw - 1.6rem)"
              />
              <span class="departments-title">{title}</span>
              <span class="departments-count">{count}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
};

const isWithin =
  (path: string) =>
  ({ category }: catalogApi.ProductItem): boolean =>
    category === path || category.startsWith(`${path}/`);

/** The link says where it leads; the garment in the picture is only an example. */
const withoutWords = (
  image: catalogApi.ProductImage | undefined,
): catalogApi.ProductImage | undefined => image && { ...image, alt: '' };

const Story = ({ shop }: { readonly shop: Shop }): JSX.Element => (
  <section class="story" aria-labelledby="story">
    <img
      src={shop.assets.story}
      width={1600}
      height={900}
      alt="A workroom table: pattern pieces laid on cloth, with shears, pins and a tape measure."
      loading="lazy"
    />
    <div class="story-words">
      <h2 id="story">Why there is always four centimetres at the hem</h2>
      <p>
        A hem is where a garment keeps its second life. We leave four centimetres inside every one,
        so that trousers can grow with a child, a skirt can follow a fashion, and a curtain can move
        house with you.
      </p>
      <p>
        It costs us a strip of cloth each time. It is the cheapest thing in the shop, and the one
        that people write to us about.
      </p>
    </div>
  </section>
);

import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { GoodsGrid } from '../../goods/goods-card.tsx';
import { Picture } from '../../goods/picture.tsx';
import { Price } from '../../goods/price.tsx';
import { Stock, oldSince } from '../../goods/stock.tsx';
import { Document } from '../../layout/document.tsx';
import { Held } from '../../layout/held.tsx';
import { categoryPath, imageUrl, productPath } from '../../layout/paths.ts';
import type { Shop } from '../../layout/shop.ts';
import { csrfGap } from '../../rendering/template.ts';
import { cardSizes } from '../list/list.page.tsx';
import { Choices } from './choices.tsx';
import { type Selection, select } from './selection.ts';
import { SizeTable } from './size-table.tsx';
import { toBreadcrumbs, toStructuredProduct } from './structured-data.ts';

export type ProductProps = {
  readonly shop: Shop;
  readonly product: catalogApi.Product;
  /** Options as the address has them; what is not an option of this product is ignored. */
  readonly asked: Readonly<Record<string, string>>;
  readonly now: Date;
  readonly heldSince?: Date | undefined;
};

const plainText = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&nbsp;|\s+/g, ' ')
    .replaceAll('&amp;', '&')
    .trim();

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, text.lastIndexOf(' ', length))}…`;

export const ProductPage = ({
  shop,
  product,
  asked,
  now,
  heldSince,
}: ProductProps): JSX.Element => {
  const selection = select(product, asked);
  const shareImage = product.images[0];
  return (
    <Document
      shop={shop}
      title={product.title}
      description={shorten(plainText(product.descriptionHtml) || product.title, 155)}
      canonicalPath={productPath(product.handle)}
      {...(shareImage && { shareImage: imageUrl(shop.imagesUrl, shareImage.id, 1280, 'jpeg') })}
      structuredData={[toStructuredProduct(shop, product), toBreadcrumbs(shop, product)]}
    >
      {heldSince && <Held since={heldSince} />}
      <Trail product={product} />
      <div class="product">
        <Gallery shop={shop} images={selection.images} title={product.title} />
        <div class="product-words">
          <h1>{product.title}</h1>
          <p class="product-vendor">{product.vendor}</p>
          <ShownPrice product={product} selection={selection} />
          <Choices product={product} selection={selection} imagesUrl={shop.imagesUrl} />
          <AddToBag selection={selection} now={now} isHeld={heldSince !== undefined} />
          <Details product={product} />
        </div>
      </div>
      {product.related.length > 0 && (
        <section class="section" aria-labelledby="goes-with">
          <h2 id="goes-with">Goes with it</h2>
          <GoodsGrid
            items={product.related.slice(0, 4)}
            imagesUrl={shop.imagesUrl}
            sizes={cardSizes}
          />
        </section>
      )}
    </Document>
  );
};

const Trail = ({ product }: { readonly product: catalogApi.Product }): JSX.Element => (
  <nav class="trail" aria-label="Where this is">
    <ol>
      <li>
        <a href="/products">Everything</a>
      </li>
      {product.breadcrumbs.map(({ path, title }) => (
        <li>
          <a href={categoryPath(path)}>{title}</a>
        </li>
      ))}
    </ol>
  </nav>
);

type GalleryProps = {
  readonly shop: Shop;
  readonly images: readonly catalogApi.ProductImage[];
  readonly title: string;
};

const Gallery = ({ shop, images, title }: GalleryProps): JSX.Element => (
  <section class={`gallery gallery-${Math.min(images.length, 3)}`} aria-label="Pictures">
    <ul tabindex={0} aria-label={`Pictures of ${title}`}>
      {(images.length > 0 ? images : [undefined]).map((image, i) => (
        <li>
          <Picture
            imagesUrl={shop.imagesUrl}
            image={image}
            sizes={
              i === 0
                ? '(min-width: 1180px) 640px, (min-width: 760px) 55vw, 88vw'
                : '(min-width: 1180px) 312px, (min-width: 760px) 27vw, 88vw'
            }
            isFirst={i === 0}
          />
        </li>
      ))}
    </ul>
  </section>
);

type PartProps = { readonly product: catalogApi.Product; readonly selection: Selection };

const ShownPrice = ({ product, selection }: PartProps): JSX.Element | null => {
  const { variant } = selection;
  if (variant) {
    return (
      <p class="product-price">
        <Price price={variant.price} compareAt={variant.compareAt} />
        <span class="product-tax">tax included</span>
      </p>
    );
  }
  const fitting = product.variants.filter((each) =>
    Object.entries(selection.options).every(([name, value]) => each.options[name] === value),
  );
  const ordered = (fitting.length > 0 ? fitting : product.variants).toSorted((a, b) =>
    Number(BigInt(a.price.amount) - BigInt(b.price.amount)),
  );
  const least = ordered[0];
  if (!least) return null;
  return (
    <p class="product-price">
      <Price
        price={least.price}
        compareAt={least.compareAt}
        isFrom={least.price.amount !== ordered.at(-1)?.price.amount}
      />
      <span class="product-tax">tax included</span>
    </p>
  );
};

type AddProps = Pick<PartProps, 'selection'> & { readonly now: Date; readonly isHeld: boolean };

const AddToBag = ({ selection: { variant, missing }, now, isHeld }: AddProps): JSX.Element => {
  if (missing.length > 0) {
    return (
      <p class="ask">Choose your {missing.join(' and ').toLowerCase()} to add it to your bag.</p>
    );
  }
  if (!variant) return <p class="ask">We do not make it like this. Choose another.</p>;
  if (variant.availability.state === 'sold_out') {
    return (
      <p class="ask">
        <Stock availability={variant.availability} now={now} isHeld={isHeld} />. Others of it may
        still be here: choose one that is not crossed out.
      </p>
    );
  }
  const most = Math.min(10, variant.availability.left ?? 10);
  const isOld = isHeld || oldSince([variant.availability.asOf], now) !== undefined;
  return (
    <form class="add" method="post" action="/cart/add" data-once>
      <input type="hidden" name="csrf" value={csrfGap} />
      <input type="hidden" name="sku" value={variant.sku} />
      <input type="hidden" name="quote" value={variant.quote} />
      <p class="add-stock">
        <Stock availability={variant.availability} now={now} isHeld={isHeld} />
        {isOld && <span class="stock-again">We look again when you pay.</span>}
      </p>
      <label class="add-quantity">
        <span>How many</span>
        <select name="quantity">
          {Array.from({ length: most }, (_, i) => (
            <option>{i + 1}</option>
          ))}
        </select>
      </label>
      <button class="button" type="submit">
        Add to bag
      </button>
    </form>
  );
};

const Details = ({ product }: { readonly product: catalogApi.Product }): JSX.Element => (
  <div class="details">
    {product.descriptionHtml && (
      <div class="prose" dangerouslySetInnerHTML={{ __html: product.descriptionHtml }} />
    )}
    <SizeTable product={product} />
    <details>
      <summary>Sending and sending back</summary>
      <div class="prose">
        <p>Packed within two working days. What sending costs is added up before you pay.</p>
        <p>
          Changed your mind? Send it back within thirty days, unworn and with its label. The link to
          your order is all that you need.
        </p>
      </div>
    </details>
  </div>
);

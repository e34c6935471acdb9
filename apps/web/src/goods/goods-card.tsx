import type { catalogApi } from '@hemline/contracts';
import type { JSX } from 'preact';
import { productPath } from '../layout/paths.ts';
import { Picture } from './picture.tsx';
import { Price } from './price.tsx';
import { stockWords } from './stock.tsx';

type CardProps = {
  readonly item: catalogApi.ProductItem;
  readonly imagesUrl: string;
  readonly sizes: string;
  readonly isFirst?: boolean;
  readonly headingLevel?: 'h2' | 'h3';
};

export const GoodsCard = (props: CardProps): JSX.Element => {
  const { item, imagesUrl, sizes, isFirst = false, headingLevel: Heading = 'h3' } = props;
  const { min, max } = item.priceRange;
  const image = item.images[0];
  const isScarce = item.availability.state !== 'in_stock';
  return (
    <article class={`goods goods-${item.availability.state}`}>
      <a href={productPath(item.handle)}>
        <Picture
          imagesUrl={imagesUrl}
          image={image && { ...image, alt: image.alt === item.title ? '' : image.alt }}
          sizes={sizes}
          isFirst={isFirst}
        />
        <Heading class="goods-title">{item.title}</Heading>
      </a>
      <p class="goods-facts">
        <Price price={min} compareAt={item.compareAt} isFrom={min.amount !== max.amount} />
        {isScarce && <span class="goods-stock">{stockWords(item.availability)}</span>}
      </p>
    </article>
  );
};

type GridProps = Pick<CardProps, 'imagesUrl' | 'headingLevel'> & {
  readonly items: readonly catalogApi.ProductItem[];
  readonly sizes: string;
  /** The grid begins above the fold, so its first picture is fetched before all else. */
  readonly isAtTop?: boolean;
};

export const GoodsGrid = ({ items, isAtTop = false, ...card }: GridProps): JSX.Element => (
  <ul class="goods-grid">
    {items.map((item, i) => (
      <li>
        <GoodsCard item={item} isFirst={isAtTop && i === 0} {...card} />
      </li>
    ))}
  </ul>
);

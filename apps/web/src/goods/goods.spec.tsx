import { describe, expect, it } from '@jest/globals';
import { renderToString } from 'preact-render-to-string';
import { eur, item, picture } from '../../test/builders.ts';
import { GoodsCard } from './goods-card.tsx';
import { Picture } from './picture.tsx';
import { Price, toMajorUnits } from './price.tsx';
import { ago, stockWords } from './stock.tsx';

describe('a picture', () => {
  const html = (isFirst: boolean): string =>
    renderToString(
      <Picture imagesUrl="https://p.example" image={picture('a')} sizes="50vw" isFirst={isFirst} />,
    );

  it('comes in three formats and five widths, with its size known', () => {
    expect(html(false)).toContain(`https://p.example/images/${'a'.repeat(32)}/160.avif 160w`);
    for (const part of ['1280.webp 1280w', '640.jpeg', 'width="1280"', 'height="1600"']) {
      expect(html(false)).toContain(part);
    }
  });

  it('is fetched at once where it is first, and only when near where it is not', () => {
    expect(html(true)).toContain('fetchpriority="high"');
    expect(html(true)).not.toContain('loading="lazy"');
    expect(html(false)).toContain('loading="lazy"');
  });

  it('has a place where there is none yet', () => {
    const none = <Picture imagesUrl="https://p.example" image={undefined} sizes="50vw" />;
    expect(renderToString(none)).toContain('Picture to come');
  });
});

describe('a price', () => {
  it('tells what it was only where it is less now', () => {
    const html = (was?: number): string =>
      renderToString(<Price price={eur(4_900)} {...(was && { compareAt: eur(was) })} />);
    expect(html(6_000)).toContain('<del><span class="vh">before </span>€60.00</del>');
    expect(html(4_900)).not.toContain('del');
    expect(html()).toContain('€49.00');
  });

  it('is typed as people type it', () => {
    expect(['5', '50', '2000', '1950'].map((minor) => toMajorUnits(minor, 2))).toEqual([
      '0.05',
      '0.50',
      '20',
      '19.50',
    ]);
  });
});

describe('stock', () => {
  it('is a copy, and says how old it is', () => {
    const asOf = '2026-05-04T10:00:00.000Z';
    const after = (seconds: number): string =>
      ago(asOf, new Date(Date.parse(asOf) + seconds * 1e3));
    expect([0, 59, 61, 600, 3_600].map(after)).toEqual([
      'a moment ago',
      'a moment ago',
      'a minute ago',
      '10 minutes ago',
      'an hour ago',
    ]);
    expect(ago(asOf, new Date(0))).toBe('a moment ago');
  });

  it('counts only what is scarce', () => {
    expect(stockWords({ state: 'few_left', left: 3 })).toBe('3 left');
    expect(stockWords({ state: 'in_stock' })).toBe('In stock');
    expect(stockWords({ state: 'sold_out', left: 0 })).toBe('Sold out');
  });
});

describe('a card', () => {
  it('does not say the title twice, and escapes what merchants write', () => {
    const images = [{ ...picture('a'), alt: '<b>Shirt</b>' }];
    const html = renderToString(
      <GoodsCard item={item({ title: '<b>Shirt</b>', images })} imagesUrl="x" sizes="1px" />,
    );
    expect(html).toMatch(/ alt(="")? /);
    expect(html).toContain('&lt;b');
    expect(html).not.toContain('<b>Shirt');
  });
});

import { describe, expect, it } from '@jest/globals';
import { renderToString } from 'preact-render-to-string';
import { eur, item, picture } from '../../test/builders.ts';
import { GoodsCard } from './goods-card.tsx';
import { Picture } from './picture.tsx';
import { Price, toMajorUnits } from './price.tsx';
import { OldStock, Stock, newestOf, stockWords } from './stock.tsx';

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
  const asOf = '2026-05-04T10:00:00.000Z';
  const words = (state: 'in_stock' | 'few_left' | 'sold_out', seconds: number): string => {
    const now = new Date(Date.parse(asOf) + seconds * 1000);
    const html = renderToString(<Stock availability={{ state, left: 2, asOf }} now={now} />);
    return html.replaceAll(/<[^>]*>/g, '');
  };

  it('says its age where it is a number, and else only where it is older than a copy may be', () => {
    expect(words('few_left', 2)).toBe('2 left, a moment ago');
    expect(words('in_stock', 2)).toBe('In stock');
    expect(words('sold_out', 2)).toBe('Sold out');
    expect(words('few_left', 3)).toBe('2 left when we last looked, at 10:00 UTC');
    expect(words('in_stock', 600)).toBe('In stock when we last looked, at 10:00 UTC');
    expect(words('sold_out', 86_400)).toBe('Sold out when we last looked, at 10:00 UTC on 4 May');
  });

  it('of many is said once, as of the oldest', () => {
    const old = new Date(Date.parse(asOf) - 600_000).toISOString();
    const html = (times: string[]): string =>
      renderToString(<OldStock asOf={times} now={new Date(asOf)} class="notice" />);
    expect(html([asOf, old])).toContain('as we knew it at 09:50 UTC. We look again when you pay.');
    expect(html([asOf])).toBe('');
    expect(html([])).toBe('');
    expect(html([...newestOf([asOf, old])])).toBe('');
    expect(html([...newestOf([old, old])])).toContain('as we knew it at 09:50 UTC');
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

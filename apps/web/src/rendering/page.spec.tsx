import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Page, chooseEncoding } from './page.ts';
import { bagGap, bagMark, csrfGap, fill, toTemplate } from './template.ts';

describe('a page with gaps', () => {
  const document = (
    <p>
      Bag{bagGap} <b>{csrfGap}</b>
    </p>
  );

  it('is rendered once, and filled for each visitor', () => {
    const page = new Page(document);
    expect(page.needsCsrf).toBe(true);
    const body = (count: number, csrf: string): string =>
      page.privateBody(count, csrf, 'identity').toString();
    expect(body(0, 'mine')).toBe('<!doctype html><p>Bag <b>mine</b></p>');
    expect(body(2, 'hers')).toContain('<b class="bag-count">2</b>');
    expect(body(2, 'hers')).toContain('<b>hers</b>');
  });

  it('is the same in every encoding', () => {
    const page = new Page(<p>Bag{bagGap}</p>);
    const plain = page.body(1, 'identity').toString();
    expect(gunzipSync(page.body(1, 'gzip')).toString()).toBe(plain);
    expect(brotliDecompressSync(page.body(1, 'br')).toString()).toBe(plain);
    expect(page.body(1, 'identity')).toBe(page.body(1, 'identity'));
  });

  it('keeps text that looks nearly like a gap', () => {
    expect(fill(toTemplate('a bag \uE000else\uE001'), { bag: 'x', csrf: 'y' })).toBe(
      'a bag \uE000else\uE001',
    );
  });

  it('says how much is in the bag only where something is', () => {
    expect(bagMark(0)).toBe('');
    expect(bagMark(1)).toContain('thing in it');
    expect(bagMark(100)).toContain('99+');
  });
});

describe('the encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', 'identity'],
    ['gzip;q=0.8, br;q=0.5', 'br'],
  ])('for a browser that takes %p is %s', (accepted, encoding) => {
    expect(chooseEncoding(accepted)).toBe(encoding);
  });
});

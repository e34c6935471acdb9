import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type Template, bagMark, fill, toTemplate } from './template.ts';

export type Encoding = 'br' | 'gzip' | 'identity';

/** Bodies kept a page: bag counts of most visitors in the encodings that their browsers take. */
const maxBodies = 12;
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const gzipOptions = { level: 5 };

export const compress = (html: string, encoding: Encoding): Buffer => {
  if (encoding === 'br') return brotliCompressSync(html, brotliOptions);
  return encoding === 'gzip' ? gzipSync(html, gzipOptions) : Buffer.from(html);
};

/** The best that the browser takes. Ours is the order, as every browser lists all that it knows. */
export const chooseEncoding = (acceptEncoding: string | undefined): Encoding => {
  if (acceptEncoding === undefined) return 'identity';
  if (/\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(acceptEncoding)) return 'br';
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(acceptEncoding) ? 'gzip' : 'identity';
};

/** One rendering of a page. Bodies without anything private are made once, compressed, and kept. */
export class Page {
  readonly template: Template;
  readonly needsCsrf: boolean;
  private readonly bodies = new Map<string, Buffer>();

  constructor(document: JSX.Element) {
    this.template = toTemplate(`<!doctype html>${renderToString(document)}`);
    this.needsCsrf = this.template.gaps.includes('csrf');
  }

  body(bagCount: number, encoding: Encoding): Buffer {
    const key = `${encoding}${bagCount}`;
    const known = this.bodies.get(key);
    if (known) return known;
    const made = compress(fill(this.template, { bag: bagMark(bagCount), csrf: '' }), encoding);
    if (this.bodies.size < maxBodies) this.bodies.set(key, made);
    return made;
  }

  /** A page with forms is each visitor's own, so it is put together for her alone. */
  privateBody(bagCount: number, csrf: string, encoding: Encoding): Buffer {
    return compress(fill(this.template, { bag: bagMark(bagCount), csrf }), encoding);
  }
}

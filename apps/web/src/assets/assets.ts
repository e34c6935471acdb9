import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Encoding } from '../rendering/page.ts';

export type Asset = {
  readonly type: string;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>>> & { readonly identity: Buffer };
};

/** The static files that pages name, each under a URL that changes with its bytes. */
export type AssetUrls = {
  readonly styles: string;
  readonly script: string;
  readonly headingFont: string;
  readonly textFont: string;
  readonly icon: string;
  readonly story: string;
};

export type Assets = {
  readonly urls: AssetUrls;
  readonly files: ReadonlyMap<string, Asset>;
};

const require = createRequire(import.meta.url);
const folder = new URL('../../assets/', import.meta.url);
const fonts = {
  headingFont: '@fontsource/hepta-slab/files/hepta-slab-latin-400-normal.woff2',
  textFont: '@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2',
} as const;

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** Comments and indentation are for the people who read the source. */
const slim = (css: string): string =>
  css
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/\s*([{};,])\s*/g, '$1')
    .replaceAll(/:\s+/g, ':');

/** Whole-line comments only, as a `//` may also stand inside a string. */
const slimScript = (js: string): string =>
  js.replaceAll(/^\s*(?:\/\/|\/\*\*|\*\/|\*(?=\s)).*\n/gm, '').replaceAll(/^\s+/gm, '');

/** Reads every static file into memory, once, compressed as hard as can be. */
export const loadAssets = (): Assets => {
  const files = new Map<string, Asset>();
  const add = (name: string, bytes: Buffer): string => {
    const [, stem = name, extension = ''] = /^(.*)\.([a-z0-9]+)$/.exec(name) ?? [];
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 10);
    const isText = extension !== 'woff2';
    files.set(`${stem}.${hash}.${extension}`, {
      type: types[extension] ?? 'application/octet-stream',
      bodies: {
        identity: bytes,
        ...(isText && { br: brotliCompressSync(bytes), gzip: gzipSync(bytes, { level: 9 }) }),
      },
    });
    return `/assets/${stem}.${hash}.${extension}`;
  };
  const read = (path: string): Buffer => readFileSync(new URL(path, folder));
  const addFont = (path: string): string =>
    add(path.split('/').at(-1) ?? path, readFileSync(require.resolve(path)));
  const headingFont = addFont(fonts.headingFont);
  const textFont = addFont(fonts.textFont);
  const paper = add('paper.svg', read('paper.svg'));
  const css = readdirSync(new URL('css/', folder))
    .toSorted()
    .map((name) => read(`css/${name}`).toString('utf8'))
    .join('\n')
    .replaceAll('url(heading.woff2)', `url(${headingFont})`)
    .replaceAll('url(text.woff2)', `url(${textFont})`)
    .replaceAll('url(paper.svg)', `url(${paper})`);
  const urls: AssetUrls = {
    styles: add('hemline.css', Buffer.from(slim(css))),
    script: add('enhance.js', Buffer.from(slimScript(read('enhance.js').toString('utf8')))),
    headingFont,
    textFont,
    icon: add('icon.svg', read('icon.svg')),
    story: add('story.svg', read('story.svg')),
  };
  return { urls, files };
};

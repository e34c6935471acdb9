import { createCache } from '@hemline/cache';
import { Controller, Get, Header, Inject } from '@nestjs/common';
import { valueOrThrow } from '../../clients/answer.ts';
import { CatalogClient } from '../../clients/catalog.client.ts';
import { CONFIG, type Config } from '../../config.ts';
import { CategoryMenu } from '../../layout/category-menu.ts';
import { categoryPath, productPath } from '../../layout/paths.ts';

const hourMs = 3_600_000;
const pageSize = 100;
/** A sitemap may hold 50,000 addresses; this is as far as we walk the list. */
const maxPages = 100;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

@Controller()
export class SitemapController {
  private readonly sitemaps = createCache<{ xml: string }>({
    name: 'web.sitemap',
    maxBytes: 8 * 1024 * 1024,
    sizeOf: ({ xml }) => xml.length * 2,
    ttlMs: hourMs,
    staleMs: 24 * hourMs,
  });

  constructor(
    private readonly catalog: CatalogClient,
    private readonly menu: CategoryMenu,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('robots.txt')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('Cache-Control', 'public, max-age=3600')
  robots(): string {
    const closed = ['/cart', '/checkout', '/orders', '/suggest', '/*?*cursor='];
    return [
      'User-agent: *',
      ...closed.map((path) => `Disallow: ${path}`),
      `Sitemap: ${this.config.PUBLIC_URL}/sitemap.xml`,
      '',
    ].join('\n');
  }

  @Get('sitemap.xml')
  @Header('Content-Type', 'application/xml; charset=utf-8')
  @Header('Cache-Control', 'public, max-age=3600')
  async sitemap(): Promise<string> {
    return (await this.sitemaps.get('all', () => this.build())).xml;
  }

  private async build(): Promise<{ xml: string }> {
    const paths = [
      '/',
      '/products',
      ...this.menu.categories.map(({ path }) => categoryPath(path)),
      ...(await this.productPaths()),
    ];
    const urls = paths.map(
      (path) => `<url><loc>${escapeXml(this.config.PUBLIC_URL + path)}</loc></url>`,
    );
    return {
      xml: `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join('\n')}\n</urlset>\n`,
    };
  }

  private async productPaths(): Promise<string[]> {
    const paths: string[] = [];
    let cursor: string | null = '';
    for (let page = 0; page < maxPages && cursor !== null; page += 1) {
      const query = new URLSearchParams({ limit: String(pageSize), sort: 'title' });
      if (cursor) query.set('cursor', cursor);
      const list = valueOrThrow('catalog', await this.catalog.list(query.toString()));
      paths.push(...list.items.map(({ handle }) => productPath(handle)));
      cursor = list.next;
    }
    return paths;
  }
}

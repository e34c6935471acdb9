import { Connection, toRequest } from './connection.ts';
import { handleOf, productCount } from './goods.ts';
import { startHttpFloor } from './http-floor.ts';
import type { Line } from './line.ts';
import { repeat, takeTurns, type Load, type Worker } from './load.ts';
import type { Groups } from './machine.ts';
import { mergeRounds, pairedRatio } from './numbers.ts';

const concurrency = 16;
const rounds = 3;

export type Where = {
  readonly urls: Readonly<Record<'catalog' | 'web' | 'cart' | 'payments', string>>;
  readonly groups: Groups;
  readonly seconds: number;
};

/** Asks for each path in turn, every worker from a place of its own. */
export const reader = (
  url: string,
  paths: readonly string[],
  expectedBytes = 1,
): (() => Promise<Worker>) => {
  const requests = paths.map((path) => toRequest('GET', path));
  let workers = 0;
  return async () => {
    const connection = new Connection(url);
    let next = Math.floor((requests.length / concurrency) * workers++);
    return {
      run: async () => {
        const request = requests[next % requests.length] ?? '';
        next += 1;
        const { status, body } = await connection.send(request);
        if (status !== 200)
          throw new Error(`status ${status} for ${request.toString().split('\r')[0]}`);
        if (body.length < expectedBytes) throw new Error('an answer that is too short');
      },
      close: () => connection.close(),
    };
  };
};

export const read = (where: Where, url: string, paths: readonly string[]): Load => ({
  concurrency,
  seconds: where.seconds,
  groups: where.groups,
  open: reader(url, paths),
});

/** One address against a bare Fastify server that sends the same bytes. */
const againstFloor = async (where: Where, name: string, path: string): Promise<Line> => {
  const url = where.urls.catalog;
  const answer = await fetch(url + path);
  const body = Buffer.from(await answer.arrayBuffer());
  const contentType = answer.headers.get('content-type') ?? '';
  const floor = await startHttpFloor({ contentType, base64: body.toString('base64') });
  try {
    const { subjects, floors } = await takeTurns(
      {
        subject: read(where, url, [path]),
        floor: { ...read(where, floor.url, [path]), groups: { floor: [floor.pid] } },
      },
      rounds,
    );
    const ratio = pairedRatio(subjects, floors);
    return {
      name,
      subject: mergeRounds(subjects),
      floor: mergeRounds(floors),
      ratio,
      target: { text: '≥ 50 % of the floor', reached: ratio >= 0.5 },
      notes: [`${body.length} bytes`],
    };
  } finally {
    floor.stop();
  }
};

const many = async (where: Where, name: string, url: string, paths: readonly string[]) => ({
  name,
  subject: mergeRounds(await repeat(read(where, url, paths), 2)),
  notes: [`${paths.length} addresses in turn`],
});

const handles = Array.from({ length: productCount }, (_, n) => `/products/${handleOf(n)}`);
const lists = ['', '&inStock=true', '&sort=price', '&sort=-price', '&sort=title'].flatMap((more) =>
  ['linen', 'shirt', 'wool', 'dress', 'long', 'coat', 'silk', 'slim', 'jersey', 'scarf'].flatMap(
    (word) => [`/products?q=${word}${more}`, `/products?q=${word}&option.Colour=Indigo${more}`],
  ),
);

export const benchCatalog = async (where: Where): Promise<Line[]> => [
  await againstFloor(where, 'catalog list of 24, c=16', '/products'),
  await againstFloor(where, 'catalog product, c=16', `/products/${handleOf(7)}`),
  await many(where, 'catalog lists, many addresses, c=16', where.urls.catalog, lists),
  await many(where, 'catalog products, many addresses, c=16', where.urls.catalog, handles),
];

export const benchWeb = async (where: Where): Promise<Line[]> => {
  const { web } = where.urls;
  const subject = mergeRounds(await repeat(read(where, web, ['/products']), rounds));
  const target = { text: '≥ 1,500/s', reached: subject.rate >= 1500 };
  return [
    { name: 'storefront list page, c=16', subject, target },
    await many(where, 'storefront lists, many addresses, c=16', web, lists),
    await many(where, 'storefront products, many addresses, c=16', web, handles),
  ];
};

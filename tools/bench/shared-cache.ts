import { join } from 'node:path';
import { hasRedis, startRedis, type RedisServer } from '../../infra/local/src/redis/server.ts';
import type { State } from '../../infra/local/src/folder/state.ts';
import { handleOf } from './goods.ts';
import type { Line } from './line.ts';
import { drive } from './load.ts';
import { mergeRounds, pairedRatio, type Round } from './numbers.ts';
import { read, type Where } from './reads.ts';
import type { Shop } from './shop.ts';

/** What a product costs while catalog shares its answers by a Redis, and while that Redis is away. */

const path = `/products/${handleOf(7)}`;
const rounds = 3;
const target = 0.8;

/** The Redis is ours and not the launcher's, which would start one that was killed again at once. */
export const benchSharedCache = async (
  shop: Shop,
  { port, toWhere }: { readonly port: number; readonly toWhere: (state: State) => Where },
): Promise<Line[]> => {
  if (!(await hasRedis(process.env))) {
    console.log('product, Redis away: not measured, as there is no redis-server on PATH');
    return [];
  }
  let redis = await start(shop, port);
  try {
    const { state } = await shop.start({ flags: ['--redis'], env: { REDIS_URL: redis.url } });
    const where = toWhere(state);
    const load = read(where, where.urls.catalog, [path]);
    const warm: Round[] = [];
    const killed: Round[] = [];
    for (let n = 0; n < rounds; n += 1) {
      warm.push(await drive(load));
      await redis.stop();
      killed.push(await drive(load));
      redis = await start(shop, port);
    }
    const ratio = pairedRatio(killed, warm);
    const subject = mergeRounds(killed);
    return [
      {
        name: 'catalog product, Redis away, c=16',
        subject,
        floor: mergeRounds(warm),
        ratio,
        target: {
          text: '≥ 80 % of warm, no errors',
          reached: ratio >= target && subject.failures.length === 0,
        },
        notes: ['the floor is the same product while Redis is there'],
      },
    ];
  } finally {
    await shop.stop();
    await redis.stop();
  }
};

const start = (shop: Shop, port: number): Promise<RedisServer> =>
  startRedis({
    dataDir: join(shop.dataDir, 'bench-redis'),
    port,
    password: 'bench',
    logFile: join(shop.dataDir, 'bench-redis.log'),
  });

export { type Cache, type CacheOptions, type CacheStats, createCache } from './cache.ts';
export { RedisLink, type RedisLinkOptions } from './redis-link.ts';

export { type Cache, type CacheOptions, type CacheStats, createCache } from './cache.ts';

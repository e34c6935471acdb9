import { createHash } from 'node:crypto';
import { paymentsApi } from '@hemline/contracts';

const MAX_LENGTH = 80;
const HASH_LENGTH = 8;

/** Spreadsheets keep `'007` from becoming 7; the apostrophe is not part of it. */
export const cleanSku = (text: string): string => text.replace(/^'/, '').trim();

export const isSku = (text: string): boolean => paymentsApi.stock.shape.sku.safeParse(text).success;

/**
 * A sku for a variant that has none of its own: the same for the same product and options, whatever
 * else stands in the file. Where words do not go into it whole, a hash of them keeps two such apart.
 */
export function deriveSku(handle: string, values: readonly string[]): string {
  const whole = [handle, ...values].join('-').replaceAll(' ', '-').toLowerCase();
  // Small letters first: that of İ is an i with a sign of its own.
  const plain = [handle, ...values]
    .map((word) =>
      word
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}._]+/gu, '-'),
    )
    .join('-')
    .replace(/-+/g, '-')
    .replace(/^[^\p{L}\p{N}]+|-$/gu, '');
  const isWhole = plain === whole && plain.length <= MAX_LENGTH;
  return isWhole ? plain : hashSku(plain, [handle, ...values]);
}

/** Where even a derived sku belongs to somebody else. */
export const deriveOtherSku = (handle: string, values: readonly string[]): string =>
  hashSku(deriveSku(handle, values), [handle, ...values]);

function hashSku(plain: string, words: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  const start = [...plain].slice(0, MAX_LENGTH - HASH_LENGTH - 1).join('');
  return `${start.replace(/-$/, '')}-${hash.slice(0, HASH_LENGTH)}`;
}

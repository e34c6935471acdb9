import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const length = 24;
// 248 is the largest multiple of 62 in a byte: what is above would favour the first letters.
const fair = 248;

// A confirmation needs seven names; one draw of randomness for many is a tenth of the cost.
const pool = Buffer.alloc(4096);
let used = pool.length;

/** A name in Stripe's form: `pi_` and 24 letters and digits. */
export const newId = (prefix: string): string => {
  let id = `${prefix}_`;
  const end = id.length + length;
  while (id.length < end) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const byte = pool[used] ?? fair;
    used += 1;
    if (byte < fair) id += alphabet[byte % alphabet.length];
  }
  return id;
};

import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const length = 24;
// 248 is the largest multiple of 62 in a byte: what is above would favour the first letters.
const fair = 248;

/** A name in Stripe's form: `pi_` and 24 letters and digits. */
export const newId = (prefix: string): string => {
  let id = `${prefix}_`;
  const end = id.length + length;
  while (id.length < end) {
    for (const byte of randomBytes(32)) {
      if (byte < fair && id.length < end) id += alphabet[byte % alphabet.length];
    }
  }
  return id;
};

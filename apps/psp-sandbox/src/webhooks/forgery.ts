import { randomUUID } from 'node:crypto';
import type { Random } from '../faults/random.ts';
import { signatureHeader } from './signature.ts';

export type Forgery = { readonly payload: string; readonly signature: string | undefined };

const staleSeconds = 3600;

type Truth = { readonly payload: string; readonly secret: string; readonly at: number };

/**
 * An event that never happened, as an attacker might send it: signed with another secret, carrying
 * another event's signature, signed an hour ago, or not at all. Its id begins with `evt_forged_`, so
 * whoever finds that id stored knows what was believed.
 */
export const forge = ({ payload, secret, at }: Truth, random: Random): Forgery => {
  const forged = payload.replace(/"id":"evt_/, `"id":"evt_forged_${randomUUID().slice(0, 8)}_`);
  const signed = (by: string, time: number): string =>
    signatureHeader({ payload: forged, secret: by, at: time });
  const signatures = [
    () => signed(`whsec_${randomUUID()}`, at),
    () => signatureHeader({ payload, secret, at }),
    () => signed(secret, at - staleSeconds),
    () => undefined,
  ];
  const pick = signatures[Math.floor(random.next() * signatures.length)];
  return { payload: forged, signature: pick?.() };
};

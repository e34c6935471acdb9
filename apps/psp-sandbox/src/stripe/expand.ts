import type { Subject } from '../account/objects.ts';
import { paymentMethodObject } from './card-objects.ts';
import { type StripeObject, subjectObject } from './objects.ts';
import { invalidParam } from './stripe-error.ts';

export type Lookup = (id: string) => Subject | undefined;

type Json = { [name: string]: unknown };

const maxDepth = 4;

/** Replaces ids by the objects that they name, along paths as `latest_charge.balance_transaction`. */
export const expand = <Item extends object>(
  object: Item,
  paths: readonly string[],
  lookup: Lookup,
): Item => {
  for (const path of paths) {
    const names = path.split('.');
    if (names.length > maxDepth) {
      throw invalidParam(`You cannot expand more than ${maxDepth} levels.`, 'expand');
    }
    walk(object as Json, names, lookup);
  }
  return object;
};

const walk = (at: Json, [name, ...rest]: readonly string[], lookup: Lookup): void => {
  if (name === undefined) return;
  if (!(name in at)) {
    throw invalidParam(`This property cannot be expanded (${name}).`, 'expand');
  }
  const value = at[name];
  if (Array.isArray(value)) {
    for (const each of value) if (isJson(each)) walk(each, rest, lookup);
    return;
  }
  if (typeof value === 'string') at[name] = find(name, value, lookup);
  const next = at[name];
  if (rest.length > 0 && isJson(next)) walk(next, rest, lookup);
};

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const find = (name: string, id: string, lookup: Lookup): StripeObject => {
  if (id.startsWith('pm_')) return paymentMethodObject(id);
  const subject = lookup(id);
  if (!subject) throw invalidParam(`This property cannot be expanded (${name}).`, 'expand');
  return subjectObject(subject);
};

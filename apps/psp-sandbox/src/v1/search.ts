import type { Account } from '../account/account.ts';
import type { Intent } from '../account/objects.ts';
import { invalidParam } from '../stripe/stripe-error.ts';

type Clause = {
  /** Set if the clause is about metadata: an index finds those. */
  readonly metadata?: { readonly key: string; readonly value: string };
  readonly isMet: (intent: Intent) => boolean;
};

const refused = (query: string): Error =>
  invalidParam(
    `We were unable to parse your search query: ${query.slice(0, 200)}. The sandbox takes clauses such as metadata['order_id']:'7', status:'succeeded', currency:'eur', amount>100, created>=1700000000, joined by AND.`,
    'query',
  );

const metadataClause = /^metadata\[(['"])(?<key>.+?)\1\]\s*:\s*(['"])(?<value>.*?)\3$/;
const textClause = /^(?<field>status|currency)\s*:\s*(['"])(?<value>.*?)\2$/;
const numberClause = /^(?<field>amount|created)\s*(?<operator>:|>=|<=|>|<)\s*(?<value>\d{1,15})$/;

const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ':': (a, b) => a === b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

const toClause = (text: string, query: string): Clause => {
  const metadata = metadataClause.exec(text)?.groups;
  if (metadata) {
    const { key = '', value = '' } = metadata;
    return { metadata: { key, value }, isMet: (intent) => intent.metadata[key] === value };
  }
  const equal = textClause.exec(text)?.groups;
  if (equal) {
    const field = equal['field'] as 'status' | 'currency';
    return { isMet: (intent) => intent[field] === equal['value'] };
  }
  const number = numberClause.exec(text)?.groups;
  const isTrue = compare[number?.['operator'] ?? ''];
  if (!number || !isTrue) throw refused(query);
  const field = number['field'] as 'amount' | 'created';
  const value = Number(number['value']);
  return { isMet: (intent) => isTrue(intent[field], value) };
};

/** The intents that meet every clause of a query in Stripe's search language, newest first. */
export const searchIntents = (account: Account, query: string): readonly Intent[] => {
  const texts = query.split(/\s+AND\s+/i).map((text) => text.trim());
  const clauses = texts.map((text) => toClause(text, query));
  const indexed = clauses.find(({ metadata }) => metadata)?.metadata;
  const candidates = indexed
    ? account
        .intentsWith(indexed.key, indexed.value)
        .flatMap((id) => account.intents.find(id) ?? [])
    : account.intents.values();
  return candidates.filter((intent) => clauses.every(({ isMet }) => isMet(intent))).toReversed();
};

import { type Explored, type Shop, explore } from './explore.ts';
import { type Mutant, harmless, mutants } from './mutants.ts';
import { type Protocol, production } from './protocol.ts';
import { longShops, shops, smallest } from './shops.ts';
import { type Trace, replay, traceOf } from './trace.ts';

export type Checked = {
  readonly explored: Explored;
  /** What led to the fault that was found, if one was. */
  readonly trace: Trace | undefined;
};

/** A shop and the protocol that it is run by, by the name of a shop or of a mutant. */
type Subject = { readonly protocol: Protocol; readonly shop: Shop };

const subjectOf = (mutant: Mutant): Subject => ({
  protocol: { ...production, ...mutant.change },
  shop: { ...smallest, ...mutant.shop },
});

const check = ({ protocol, shop }: Subject, maxStates: number): Checked => {
  const explored = explore(protocol, shop, { maxStates });
  const { finding } = explored;
  return { explored, trace: finding && traceOf(protocol, shop, finding) };
};

export const checkShop = (shop: Shop, maxStates: number): Checked =>
  check({ protocol: production, shop }, maxStates);

/** More states than any of them needs. */
const maxStatesOfMutant = 400_000;

export const checkMutant = (mutant: Mutant): Checked => check(subjectOf(mutant), maxStatesOfMutant);

export const nameTrace = (name: string, { steps }: Trace): string => `${name}:${steps.join('.')}`;

/** The lines of a trace that was named so. */
export const replayTrace = (named: string): readonly string[] => {
  const [name = '', steps = ''] = named.split(':');
  const shop = [...shops, ...longShops].find((each) => each.name === name);
  const mutant = [...mutants, ...harmless].find((each) => each.name === name);
  const subject = mutant ? subjectOf(mutant) : shop && { protocol: production, shop };
  if (!subject) throw new TypeError(`no shop and no mutant is called ${name}`);
  const numbers = steps.split('.').filter(Boolean).map(Number);
  return replay(subject.protocol, subject.shop, numbers);
};

/**
 * What a reader of a schema takes of what a writer of another schema writes.
 *
 * Two releases run side by side, and the log keeps what old ones wrote. So a change must hold both
 * ways: readers of the released schema take what the new one writes, and readers of the new schema
 * take what the released one wrote. What both ways leave is small, and that is the point: a new
 * optional field, or a new value where there is a rule for unknown ones. All else is a new type
 * (`….v2`) told beside the old one. A keyword that is not known here may not change at all.
 */
export type Schema = { readonly [keyword: string]: unknown };

export type Fault = {
  /** JSON pointer into the event; `*` stands for each item or each key. */
  readonly path: string;
  /** Who could not take it: those who run the released schema, or those who run the new one. */
  readonly reader: 'released' | 'new';
  readonly reason: string;
};

/** An enum with this keyword says by it which of its values a reader takes an unknown one for. */
export const unknownKeyword = 'x-unknown';

export const compare = (released: Schema | undefined, next: Schema | undefined): Fault[] => {
  if (!released) return [];
  if (!next) return [{ path: '', reader: 'released', reason: 'the event is told no more' }];
  return [
    ...faultsOf({ path: '', reader: 'released' }, released, next),
    ...faultsOf({ path: '', reader: 'new' }, next, released),
  ];
};

type Place = Pick<Fault, 'path' | 'reader'>;

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const annotations = words(`
  $schema $id $comment title description examples deprecated default readOnly writeOnly ${unknownKeyword}
`);

const compared = words(`
  type enum const anyOf oneOf pattern format items
  properties required additionalProperties propertyNames
  minimum exclusiveMinimum maximum exclusiveMaximum
  minLength maxLength minItems maxItems minProperties maxProperties
`);

const faultsOf = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const branches = branchesOf(writer);
  if (branches || branchesOf(reader)) {
    return [
      ...(branches ?? [writer]).flatMap((branch) => faultsOfBranch(at, reader, branch)),
      ...siblingFaults(at, reader, writer),
    ];
  }
  const types = typeFaults(at, reader, writer);
  if (types.length > 0) return types;
  return [
    ...valueFaults(at, reader, writer),
    ...textFaults(at, reader, writer),
    ...boundFaults(at, reader, writer),
    ...objectFaults(at, reader, writer),
    ...itemFaults(at, reader, writer),
    ...unknownKeywordFaults(at, reader, writer),
  ];
};

const branchesOf = (schema: Schema): readonly Schema[] | undefined =>
  (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;

/** A branch is taken where one branch of the reader takes all of it; else the nearest one tells why. */
const faultsOfBranch = (at: Place, reader: Schema, branch: Schema): Fault[] => {
  const tries = (branchesOf(reader) ?? [reader]).map((candidate) =>
    faultsOf(at, candidate, branch),
  );
  return tries.sort((a, b) => a.length - b.length)[0] ?? [];
};

/** No schema of ours says anything beside its branches yet; what it says there may not change. */
const siblingFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const siblings = (schema: Schema): Schema =>
    Object.fromEntries(
      branchesOf(schema)
        ? Object.entries(schema).filter(
            ([keyword]) => !annotations.has(keyword) && !['anyOf', 'oneOf'].includes(keyword),
          )
        : [],
    );
  return same(siblings(reader), siblings(writer))
    ? []
    : [fault(at, 'what stands beside the branches changed')];
};

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? '';

const fault = ({ path, reader }: Place, reason: string): Fault => ({ path, reader, reason });

const below = ({ path, reader }: Place, name: string): Place => ({
  path: `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  reader,
});

const typesOf = (schema: Schema): readonly string[] | undefined => {
  const type = schema['type'];
  if (type === undefined) return undefined;
  return Array.isArray(type) ? (type as string[]) : [type as string];
};

const typeFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const [taken, written] = [typesOf(reader), typesOf(writer)];
  if (!taken) return [];
  if (!written) return [fault(at, `anything may be written, only ${taken.join(', ')} is taken`)];
  const takes = (type: string): boolean =>
    taken.includes(type) || (type === 'integer' && taken.includes('number'));
  return written
    .filter((type) => !takes(type))
    .map((type) => fault(at, `${type} may be written, only ${taken.join(', ')} is taken`));
};

const valuesOf = (schema: Schema): readonly unknown[] | undefined =>
  'const' in schema ? [schema['const']] : (schema['enum'] as readonly unknown[] | undefined);

const valueFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const taken = valuesOf(reader);
  if (!taken || unknownKeyword in reader) return [];
  const written = valuesOf(writer);
  if (!written) return [fault(at, 'any value may be written, only listed ones are taken')];
  return written
    .filter((value) => !taken.some((known) => same(known, value)))
    .map((value) => fault(at, `${JSON.stringify(value)} is not known, without a rule for it`));
};

/** Whether one pattern takes all that another does cannot be told; so both are to be the same. */
const textFaults = (at: Place, reader: Schema, writer: Schema): Fault[] =>
  ['pattern', 'format']
    .filter((keyword) => keyword in reader && !same(reader[keyword], writer[keyword]))
    .map((keyword) => fault(at, `the ${keyword} is not the one that is written`));

const boundFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const faults: Fault[] = [];
  const bounds = [
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
    ['minProperties', 'maxProperties'],
  ] as const;
  for (const [least, most] of bounds) {
    if (numberOf(reader, least, 0) > numberOf(writer, least, 0)) faults.push(fault(at, least));
    if (numberOf(reader, most, Infinity) < numberOf(writer, most, Infinity))
      faults.push(fault(at, most));
  }
  if (isStricter(lowest(reader), lowest(writer))) faults.push(fault(at, 'minimum'));
  if (isStricter(highest(reader), highest(writer))) faults.push(fault(at, 'maximum'));
  return faults.map(({ reason, ...place }) => ({
    ...place,
    reason: `the ${reason} is tighter than what may be written`,
  }));
};

const numberOf = (schema: Schema, keyword: string, otherwise: number): number =>
  (schema[keyword] as number | undefined) ?? otherwise;

/** How far in a bound lies, greater is tighter; for whole numbers `> 0` is `>= 1`. */
type Bound = { readonly at: number; readonly isOpen: boolean };

const lowest = (schema: Schema): Bound => {
  const closed = numberOf(schema, 'minimum', -Infinity);
  const open = numberOf(schema, 'exclusiveMinimum', -Infinity);
  if (open < closed || open === -Infinity) return { at: closed, isOpen: false };
  return schema['type'] === 'integer'
    ? { at: Math.max(closed, Math.floor(open) + 1), isOpen: false }
    : { at: open, isOpen: true };
};

const negated = (schema: Schema, keyword: string): number => -numberOf(schema, keyword, Infinity);

const highest = (schema: Schema): Bound =>
  lowest({
    type: schema['type'],
    minimum: negated(schema, 'maximum'),
    exclusiveMinimum: negated(schema, 'exclusiveMaximum'),
  });

const isStricter = (reader: Bound, writer: Bound): boolean =>
  reader.at > writer.at || (reader.at === writer.at && reader.isOpen && !writer.isOpen);

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;

/** What names without a schema of their own may hold: `undefined` where there may be no such name. */
const restOf = (schema: Schema): Schema | undefined =>
  schema['additionalProperties'] === false ? undefined : toSchema(schema['additionalProperties']);

const objectFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  if (!typesOf(writer)?.includes('object')) return [];
  const [taken, written] = [propertiesOf(reader), propertiesOf(writer)];
  const faults = requiredFaults(at, reader, writer);
  for (const [name, schema] of Object.entries(taken)) {
    const other = written[name];
    if (other) faults.push(...faultsOf(below(at, name), schema, other));
    else if (at.reader === 'released') faults.push(fault(below(at, name), 'the field is gone'));
  }
  const rest = restOf(reader);
  for (const [name, schema] of Object.entries(written)) {
    if (name in taken) continue;
    if (rest) faults.push(...faultsOf(below(at, name), rest, schema));
    else faults.push(fault(below(at, name), 'the object takes no fields that it does not know'));
  }
  return [...faults, ...restFaults(at, reader, writer)];
};

const requiredFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const written = (writer['required'] ?? []) as readonly string[];
  return ((reader['required'] ?? []) as readonly string[])
    .filter((name) => !written.includes(name))
    .map((name) => fault(below(at, name), 'the field is required, and may be left out'));
};

/**
 * The values of a map are compared as any. An object that is merely open has fields that nobody
 * wrote yet, which is no fault; but one that is closed now would shut out what a later writer adds.
 */
const restFaults = (at: Place, reader: Schema, writer: Schema): Fault[] => {
  const [taken, written] = [restOf(reader), restOf(writer)];
  const names = reader['propertyNames'] as Schema | undefined;
  const faults = names
    ? faultsOf(below(at, '*'), names, (writer['propertyNames'] ?? {}) as Schema)
    : [];
  if (!written) return faults;
  const isMap = Object.keys(written).length > 0 || !('properties' in writer);
  if (taken) return isMap ? [...faults, ...faultsOf(below(at, '*'), taken, written)] : faults;
  return isMap || at.reader === 'new'
    ? [...faults, fault(at, 'the object takes no fields that it does not know')]
    : faults;
};

const itemFaults = (at: Place, reader: Schema, writer: Schema): Fault[] =>
  'items' in reader
    ? faultsOf(below(at, '*'), toSchema(reader['items']), toSchema(writer['items']))
    : [];

/** A schema may be `true`, takes all, or `false`, takes nothing. */
const toSchema = (value: unknown): Schema => {
  if (value === false) return { not: {} };
  return value === true ? {} : ((value ?? {}) as Schema);
};

const unknownKeywordFaults = (at: Place, reader: Schema, writer: Schema): Fault[] =>
  at.reader === 'new'
    ? []
    : [...new Set([...Object.keys(reader), ...Object.keys(writer)])]
        .filter((keyword) => !annotations.has(keyword) && !compared.has(keyword))
        .filter((keyword) => !same(reader[keyword], writer[keyword]))
        .map((keyword) => fault(at, `${keyword} changed, of which no more is known here`));

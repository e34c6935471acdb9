import type { catalogApi } from '@hemline/contracts';

export type Fault = { readonly pointer: string; readonly detail: string };

type Input = catalogApi.ProductInput;

const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** As quotes carry a price in at most twelve digits. */
const maxPriceDigits = 12;

/** What is wrong with a product that its schema lets pass: parts that do not fit each other. */
export const findFaults = (input: Input): Fault[] => [
  ...textFaults(input, '#'),
  ...optionFaults(input),
  ...variantFaults(input),
  ...skuFaults(input),
  ...priceFaults(input),
  ...imageFaults(input),
];

/** PostgreSQL stores neither NUL nor half of a surrogate pair, which JSON can both write. */
const textFaults = (value: unknown, pointer: string): Fault[] => {
  if (typeof value === 'string') {
    const isStorable = value.isWellFormed() && !value.includes('\u0000');
    return isStorable ? [] : [{ pointer, detail: 'has a character that is not text' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escape(key)}`;
    return [...textFaults(key, at), ...textFaults(inner, at)];
  });
};

const optionFaults = ({ options }: Input): Fault[] => {
  const faults: Fault[] = [];
  const names = new Set<string>();
  options.forEach(({ name, values }, i) => {
    if (names.has(name)) {
      faults.push({ pointer: `#/options/${i}/name`, detail: `a second option ${name}` });
    }
    names.add(name);
    values.forEach((value, j) => {
      if (values.indexOf(value) !== j) {
        faults.push({ pointer: `#/options/${i}/values/${j}`, detail: `a second value ${value}` });
      }
    });
  });
  return faults;
};

/** Options of a variant or picture that the product does not have. */
const choiceFaults = (
  { options }: Input,
  chosen: Readonly<Record<string, string>>,
  pointer: string,
): Fault[] =>
  Object.entries(chosen).flatMap(([name, value]) => {
    const at = `${pointer}/${escape(name)}`;
    const option = options.find((each) => each.name === name);
    if (!option) return [{ pointer: at, detail: `unknown option ${name}` }];
    if (option.values.includes(value)) return [];
    return [{ pointer: at, detail: `${value} is not among the values of ${name}` }];
  });

const variantFaults = (input: Input): Fault[] => {
  const names = input.options.map(({ name }) => name);
  const seen = new Map<string, number>();
  return input.variants.flatMap(({ options }, i) => {
    const pointer = `#/variants/${i}/options`;
    const missing = names
      .filter((name) => !Object.hasOwn(options, name))
      .map((name) => ({ pointer, detail: `has no ${name}` }));
    if (missing.length > 0) return [...choiceFaults(input, options, pointer), ...missing];
    const choice = JSON.stringify(names.map((name) => options[name]));
    const twin = seen.get(choice);
    if (twin === undefined) seen.set(choice, i);
    const twins =
      twin === undefined ? [] : [{ pointer, detail: `the same options as #/variants/${twin}` }];
    return [...choiceFaults(input, options, pointer), ...twins];
  });
};

const skuFaults = ({ variants }: Input): Fault[] =>
  variants.flatMap(({ sku }, i) => {
    const first = variants.findIndex((other) => other.sku === sku);
    if (first === i) return [];
    return [{ pointer: `#/variants/${i}/sku`, detail: `${sku} is the sku of #/variants/${first}` }];
  });

const priceFaults = ({ variants }: Input): Fault[] => {
  const currency = variants[0]?.price.currency ?? '';
  return variants.flatMap((variant, i) =>
    (['price', 'compareAt'] as const).flatMap((field) => {
      const money = variant[field];
      const pointer = `#/variants/${i}/${field}`;
      if (!money) return [];
      if (money.amount.startsWith('-')) {
        return [{ pointer: `${pointer}/amount`, detail: 'is below zero' }];
      }
      if (money.amount.length > maxPriceDigits) {
        return [{ pointer: `${pointer}/amount`, detail: `has more than ${maxPriceDigits} digits` }];
      }
      if (money.currency !== currency) {
        const detail = `one product has one currency, and this is not ${currency}`;
        return [{ pointer: `${pointer}/currency`, detail }];
      }
      return [];
    }),
  );
};

const imageFaults = (input: Input): Fault[] =>
  input.images.flatMap(({ options = {} }, i) =>
    choiceFaults(input, options, `#/images/${i}/options`),
  );

/** A form's fields, nested as their names say: `metadata[order_id]=7` is `{ metadata: { order_id } }`. */
export type Form = { [name: string]: FormValue };
export type FormValue = string | Form | FormValue[];

export class FormError extends Error {}

const maxFields = 500;
const maxDepth = 6;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** Reads a body or a query string as Stripe does. Arrays come as `expand[0]=…` or `expand[]=…`. */
export const parseForm = (encoded: string): Form => {
  const form: Form = {};
  if (encoded === '') return form;
  const fields = encoded.split('&');
  if (fields.length > maxFields) throw new FormError(`more than ${maxFields} fields`);
  for (const field of fields) {
    if (field === '') continue;
    const equals = field.indexOf('=');
    const name = decode(equals < 0 ? field : field.slice(0, equals));
    put(form, toPath(name), equals < 0 ? '' : decode(field.slice(equals + 1)));
  }
  return toArrays(form) as Form;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new FormError('a field that is not percent-encoded UTF-8');
  }
};

const toPath = (name: string): string[] => {
  const open = name.indexOf('[');
  if (open < 0) return [name];
  const inner = name.slice(open);
  if (open === 0 || !/^(\[[^[\]]*\])+$/.test(inner)) {
    throw new FormError(`a field whose name cannot be read: ${name.slice(0, 100)}`);
  }
  const path = [name.slice(0, open), ...inner.slice(1, -1).split('][')];
  if (path.length > maxDepth) throw new FormError(`fields nested deeper than ${maxDepth}`);
  return path;
};

const put = (form: Form, path: readonly string[], value: string): void => {
  let at = form;
  for (const [i, part] of path.entries()) {
    const name = part === '' ? `${Object.keys(at).length}` : part;
    if (forbidden.has(name)) throw new FormError(`a field named ${name}`);
    if (i === path.length - 1) {
      at[name] = value;
      return;
    }
    const next = at[name] ?? {};
    if (typeof next !== 'object' || Array.isArray(next)) {
      throw new FormError(`a field that is both a text and a group: ${name.slice(0, 100)}`);
    }
    at[name] = next;
    at = next;
  }
};

/** A group whose names are 0, 1, 2 … is a list. */
const toArrays = (value: FormValue): FormValue => {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  for (const [name, each] of entries) value[name] = toArrays(each);
  const isList = entries.length > 0 && entries.every(([name], i) => name === String(i));
  return isList ? Object.values(value) : value;
};

import { readFile, writeFile } from 'node:fs/promises';

/** A table of a page that a run writes: between `<!-- prove:name -->` and `<!-- /prove:name -->`. */
export type Table = { readonly name: string; readonly markdown: string };

export const toMarkdown = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

export const withTable = (page: string, { name, markdown }: Table): string => {
  const [begin, end] = [`<!-- prove:${name} -->`, `<!-- /prove:${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no place for the table ${name}`);
  return `${page.slice(0, from + begin.length)}\n\n${markdown}\n\n${page.slice(to)}`;
};

export const writeTables = async (path: string, tables: readonly Table[]): Promise<void> => {
  const page = await readFile(path, 'utf8');
  await writeFile(path, tables.reduce(withTable, page));
};

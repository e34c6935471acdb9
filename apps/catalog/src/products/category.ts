import { toPlain } from '../search/words.ts';

export type Category = {
  /** Path of slugs from the root, such as `clothing/shirts`. */
  readonly path: string;
  /** The path of each level, root first, the category itself last, and their titles. */
  readonly paths: readonly string[];
  readonly titles: readonly string[];
};

const maxLevels = 6;

const toSlug = (title: string): string =>
  toPlain(title)
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');

/** Reads "Clothing > Shirts"; answers with what is wrong where it cannot. */
export const parseCategory = (text: string): Category | { readonly fault: string } => {
  const titles = text.split('>').map((title) => title.replace(/\s+/g, ' ').trim());
  if (titles.length > maxLevels) return { fault: `has more than ${maxLevels} levels` };
  const slugs = titles.map(toSlug);
  const empty = slugs.indexOf('');
  if (empty !== -1) return { fault: `level ${empty + 1} has no letter or digit in its title` };
  const paths = slugs.map((_, i) => slugs.slice(0, i + 1).join('/'));
  return { path: paths.at(-1) ?? '', paths, titles };
};

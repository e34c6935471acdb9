const people = /^(women|men|girl|boy|kid)['’]?s['’]?(?:\s+(.+))?$/i;
const unisex = /^(unisex)(?:\s+(.+))?$/i;

/**
 * The category for what a merchant calls a product's type. Shops of fashion write whom it is for
 * before what it is ("women's dresses", "Mens Shirts"); side by side, sixty such types are no menu, so
 * they become "Women's > Dresses". What has levels already keeps them.
 */
export function toCategory(type: string): string {
  const levels = type
    .split('>')
    .map((level) => level.replace(/\s+/g, ' ').trim())
    .filter((level) => /[\p{L}\p{N}]/u.test(level));
  const [only] = levels;
  if (only === undefined) return 'Other';
  return (levels.length === 1 ? splitPeople(only) : levels).map(capitalise).join(' > ');
}

function splitPeople(type: string): string[] {
  const [, whom, what] = people.exec(type) ?? unisex.exec(type) ?? [];
  if (whom === undefined) return [type];
  const group = whom.toLowerCase() === 'unisex' ? whom : `${whom}'s`;
  return what === undefined ? [group] : [group, what];
}

const capitalise = (title: string): string =>
  title.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());

const unmarked: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
};

/** Lower case without accents, spaces made single: how texts are compared and sorted. */
export const toPlain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđı]/g, (letter) => unmarked[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim();

const maxWordLength = 60;

/** The words of a text, plain. A possessive 's belongs to no word. */
export const toWords = (text: string): string[] =>
  (
    toPlain(text)
      .replace(/['’]s(?![\p{L}\p{N}])/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => word.slice(0, maxWordLength));

const maxSearchWords = 12;

/** What was typed into the search box, as far as it is looked at. */
export const toSearchWords = (text: string): string[] => toWords(text).slice(0, maxSearchWords);

/**
 * A query in PostgreSQL's syntax: all the words, the last of them perhaps unfinished. Words are
 * letters and digits alone, so that nothing in them can be taken for an operator.
 */
export const toTsQuery = (words: readonly string[]): string => join(words, ' & ');

/** The same, content with any of the words. */
export const toAnyTsQuery = (words: readonly string[]): string => join(words, ' | ');

const join = (words: readonly string[], operator: string): string =>
  words.length === 0 ? '' : `${words.map((word) => `'${word}'`).join(operator)}:*`;

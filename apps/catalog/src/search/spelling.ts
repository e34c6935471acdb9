/** Letters inserted, left out, replaced or swapped with their neighbour to make `b` of `a`. */
export const editDistance = (a: string, b: string): number => {
  const from = Array.from(a);
  const to = Array.from(b);
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
};

/** How many slips are forgiven: none in a word of two letters, one in a short word, three in a long. */
const forgiven = ({ length }: string): number => {
  if (length < 3) return 0;
  if (length < 6) return 1;
  return length < 10 ? 2 : 3;
};

type Correction = {
  readonly typed: string;
  /** Words that exist, nearest first. */
  readonly candidates: readonly string[];
  /** The last word may be the beginning of a longer one. */
  readonly isUnfinished: boolean;
};

/** The existing word that was probably meant, or what was typed if none is near enough. */
export const correctWord = ({ typed, candidates, isUnfinished }: Correction): string => {
  let best = { word: typed, distance: forgiven(typed) + 1 };
  for (const word of candidates) {
    if (word === typed || (isUnfinished && word.startsWith(typed))) return typed;
    const whole = editDistance(typed, word);
    const begun = isUnfinished ? editDistance(typed, word.slice(0, typed.length)) + 0.5 : whole;
    const distance = Math.min(whole, begun);
    if (distance < best.distance) best = { word, distance };
  }
  return best.word;
};

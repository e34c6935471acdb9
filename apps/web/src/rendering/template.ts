/**
 * A rendered page with gaps for the few words that differ between visitors, so that one rendering
 * serves all of them. The marks are from Unicode's private use area, which no merchant's text needs.
 */
export type Template = {
  /** One more than there are gaps. */
  readonly parts: readonly string[];
  readonly gaps: readonly Gap[];
};

export type Gap = 'bag' | 'csrf';
export type Filling = Readonly<Record<Gap, string>>;

const open = '\uE000';
const close = '\uE001';
export const bagGap = `${open}bag${close}`;
export const csrfGap = `${open}csrf${close}`;

export const toTemplate = (html: string): Template => {
  const pieces = html.split(/\uE000(bag|csrf)\uE001/);
  return {
    parts: pieces.filter((_, i) => i % 2 === 0),
    gaps: pieces.filter((_, i) => i % 2 === 1) as Gap[],
  };
};

export const fill = ({ parts, gaps }: Template, filling: Filling): string => {
  let html = parts[0] ?? '';
  for (let i = 0; i < gaps.length; i += 1) {
    html += filling[gaps[i] ?? 'bag'] + (parts[i + 1] ?? '');
  }
  return html;
};

/** What stands in the header's gap: nothing for an empty bag. Kept short, as it is in every page. */
export const bagMark = (count: number): string =>
  count > 0
    ? `<b class="bag-count">${count > 99 ? '99+' : count}</b><span class="vh"> ${count === 1 ? 'thing' : 'things'} in it</span>`
    : '';

import { describe, expect, it } from '@jest/globals';
import { summary } from './layer.ts';
import { toMarkdown, withTable } from './tables.ts';

describe('a table that a run writes', () => {
  const page = 'Before.\n\n<!-- prove:a -->\n\nold\n\n<!-- /prove:a -->\n\nAfter.\n';

  it('replaces what stood between its marks, and nothing else', () => {
    const table = { name: 'a', markdown: toMarkdown(['x'], [['1']]) };
    const written = withTable(page, table);
    expect(written).toBe(page.replace('old', '| x |\n| --- |\n| 1 |'));
    expect(withTable(written, table)).toBe(written);
  });

  it('is not written where there is no place for it', () => {
    expect(() => withTable(page, { name: 'b', markdown: '' })).toThrow('no place');
  });

  it('says of each layer what it tried and whether that was enough', () => {
    const row = {
      layer: 'model',
      tried: 'every state',
      amount: '3 states',
      violations: 1,
      mutants: { caught: 2, of: 3 },
      rowsFired: 4,
      cpuSeconds: 1,
      isProven: false,
    };
    expect(summary([row])).toContain(
      '| model | every state | 3 states | 1 | 2 of 3 | 4 | 1.0 | FAILED |',
    );
  });
});

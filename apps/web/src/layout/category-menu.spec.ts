import { describe, expect, it } from '@jest/globals';
import { toDepartments } from './category-menu.ts';

const category = (
  path: string,
  count: number,
  children: readonly unknown[] = [],
): {
  path: string;
  title: string;
  count: number;
  children: never[];
} => ({ path, title: path, count, children: children as never[] });

describe('the departments of the menu', () => {
  it('are the branches where there are few roots', () => {
    const roots = [category('clothing', 5, [category('clothing/a', 5), category('clothing/b', 0)])];
    expect(toDepartments([...roots, category('home', 1)]).map(({ path }) => path)).toEqual([
      'clothing/a',
      'home',
    ]);
  });

  it('are the roots where there are enough', () => {
    const roots = ['a', 'b', 'c', 'd', 'e'].map((path) => category(path, path === 'e' ? 0 : 1));
    expect(toDepartments(roots).map(({ path }) => path)).toEqual(['a', 'b', 'c', 'd']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Column, readHeader } from '../shopify/columns.ts';
import { CsvParser } from '../shopify/csv.ts';
import { type Draft, type NoDraft, makeDraft } from './draft.ts';
import { type Group, groupByHandle } from '../shopify/groups.ts';
import { type BadRow, toRow } from '../shopify/rows.ts';

type Cells = Partial<Record<Column, string>>;

/** Rows as an export has them, all columns and all. */
const toCsv = (rows: readonly Cells[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row) as Column[]))];
  const lines = rows.map((row) => names.map((name) => `"${row[name] ?? ''}"`).join(','));
  return [names.join(','), ...lines].join('\n');
};

const readGroups = async (csv: string): Promise<(Group | BadRow)[]> => {
  const parser = new CsvParser();
  const [first, ...records] = [...parser.push(csv), ...parser.end()];
  const header = readHeader(first?.fields ?? []);
  const rows = records.flatMap((record) => toRow(record, header) ?? []);
  const groups: (Group | BadRow)[] = [];
  for await (const group of groupByHandle(rows)) groups.push(group);
  return groups;
};

const read = async (...rows: Cells[]): Promise<Draft | NoDraft> => {
  const [group] = await readGroups(toCsv(rows));
  if (group?.kind !== 'group') throw new Error('there is no product in these rows');
  return makeDraft(group, 'EUR');
};

const readDraft = async (...rows: Cells[]): Promise<Draft> => {
  const draft = await read(...rows);
  if (draft.kind === 'draft') return draft;
  throw new Error(JSON.stringify(draft.refusals));
};

const first = {
  Handle: 'sol-tee',
  Title: 'Sol tee',
  'Option1 Name': 'Title',
  'Option1 Value': 'Default Title',
  'Variant Price': '36.00',
} satisfies Cells;
const sized = { ...first, 'Option1 Name': 'Size', 'Option1 Value': 'S' } satisfies Cells;
const next = { Handle: 'sol-tee', 'Option1 Value': 'M', 'Variant Price': '36.00' } satisfies Cells;
const stocked = {
  ...first,
  'Variant Inventory Tracker': 'shopify',
  'Variant Inventory Policy': 'deny',
};

describe('a product from its rows', () => {
  it('has its texts, its tags once each, its category, and a vendor in any case', async () => {
    const draft = await readDraft({
      ...first,
      'Body (HTML)': '<p>Soft</p>',
      Type: 'Womens tops',
      Tags: 'a, b,,a ',
    });
    expect(draft).toMatchObject({
      handle: 'sol-tee',
      line: 2,
      title: 'Sol tee',
      vendor: 'Unbranded',
      category: "Women's > Tops",
      tags: ['a', 'b'],
      descriptionHtml: '<p>Soft</p>',
      published: true,
    });
  });

  it('has no options where Shopify writes "Default Title"', async () => {
    const draft = await readDraft(first);
    expect(draft.optionNames).toEqual([]);
    expect(draft.variants).toMatchObject([{ sku: 'sol-tee', options: {} }]);
  });

  it('calls COLOR, color and Color the same', async () => {
    for (const name of ['COLOR', 'color', 'Color']) {
      const draft = await readDraft({ ...sized, 'Option1 Name': name });
      expect(draft.optionNames).toEqual(['Color']);
    }
  });

  it.each([
    [{ Published: 'TRUE' }, true],
    [{ Published: 'false' }, false],
    [{ Published: 'true', Status: 'draft' }, false],
    [{ Status: 'Active' }, true],
  ])('with %j is published: %p', async (cells, published) => {
    expect((await readDraft({ ...first, ...cells })).published).toBe(published);
  });

  it('takes a handle in capitals for the same in small letters', async () => {
    const groups = await readGroups(toCsv([sized, { ...next, Handle: 'Sol-Tee' }]));
    expect(groups).toMatchObject([{ handle: 'sol-tee', rows: [{ line: 2 }, { line: 3 }] }]);
  });

  it('is one where each row repeats its title, and another where the title changes', async () => {
    const same = { ...next, Title: 'Sol tee' };
    const other = { ...next, Title: 'Sol shirt' };
    expect(await readGroups(toCsv([sized, same]))).toHaveLength(1);
    expect(await readGroups(toCsv([sized, other]))).toMatchObject([{}, { doubles: 2 }]);
  });

  it('is refused when its handle came before, and the first one stays', async () => {
    const other = { ...first, Handle: 'other' };
    const [one, , again] = await readGroups(toCsv([sized, other, next]));
    if (one?.kind !== 'group' || again?.kind !== 'group') throw new Error('rows are bad');
    expect(makeDraft(one, 'EUR').kind).toBe('draft');
    expect(makeDraft(again, 'EUR')).toEqual({
      kind: 'none',
      variantCount: 1,
      refusals: [
        {
          line: 4,
          column: 'Handle',
          reason: 'sol-tee is the handle of the product on line 2 already',
        },
      ],
    });
  });

  it.each([
    [{ Title: '' }, 'Title', 'is empty on the first row of sol-tee'],
    [{ Handle: 'sol tee' }, 'Handle', '"sol tee" must be lower-case letters, digits, - and _'],
    [{ Published: 'yes' }, 'Published', '"yes" is neither true nor false'],
    [{ 'Option1 Name': '' }, 'Option1 Name', 'is empty, though there is a value on line 2'],
    [
      { 'Option2 Name': 'Title', 'Option2 Value': 'x', 'Option1 Value': 'y' },
      'Option2 Name',
      'Title is an option of it already',
    ],
    [{ 'Variant Price': 'free' }, 'Variant Price', '"free" is not a price such as 129.00'],
  ] as const)('with %j is refused at %s', async (cells, column, reason) => {
    const draft = await read({ ...first, ...cells });
    expect(draft.kind).toBe('none');
    expect(draft.refusals).toEqual([
      {
        line: 2,
        column,
        reason,
      },
    ]);
  });

  it('goes without the rows that are refused, and says of each where and why', async () => {
    const draft = await readDraft(
      sized,
      { ...next, 'Variant Price': '12,00' },
      { ...next, 'Option1 Value': '' },
      { ...next, 'Option1 Value': 'S' },
      { ...next, 'Option1 Value': 'L', 'Variant Inventory Qty': '1.5' },
      { ...next, 'Option1 Value': 'XL' },
    );
    expect(draft.variants.map(({ options }) => options['Size'])).toEqual(['S', 'XL']);
    expect(draft).toMatchObject({ refusedCount: 4, isPartial: true });
    expect(draft.refusals.map(({ line, column }) => [line, column])).toEqual([
      [3, 'Variant Price'],
      [4, 'Option1 Value'],
      [5, 'Option1 Value'],
      [6, 'Variant Inventory Qty'],
    ]);
  });

  it('is partial where a row beside it could not be read', async () => {
    const csv = `${toCsv([sized, next])}\n"sol-tee","short"\n"other","Other","Size","S","1.00"`;
    expect(await readGroups(csv)).toMatchObject([
      { kind: 'bad', issue: { line: 4, column: 'Option1 Name' } },
      { handle: 'sol-tee', isTorn: true },
      { handle: 'other', isTorn: true },
    ]);
  });
});

describe('a variant from its row', () => {
  it.each([
    [{ 'Variant Inventory Qty': '7' }, 7],
    [{ 'Variant Inventory Qty': '-3' }, 0],
    [{ 'Variant Inventory Qty': '' }, 0],
    [{ 'Variant Inventory Qty': '2', 'Variant Inventory Tracker': '' }, 100],
    [{ 'Variant Inventory Qty': '2', 'Variant Inventory Policy': 'continue' }, 100],
    [{ 'Variant Inventory Qty': '250', 'Variant Inventory Policy': 'continue' }, 250],
    [{}, 100],
  ])('with %j has %d on hand', async (cells, onHand) => {
    expect((await readDraft({ ...stocked, ...cells })).variants).toMatchObject([{ onHand }]);
  });

  it('notes that stock below zero is taken as none', async () => {
    const draft = await readDraft({ ...stocked, 'Variant Inventory Qty': '-3' });
    expect(draft.notes).toEqual([
      {
        line: 2,
        column: 'Variant Inventory Qty',
        reason: '-3 is below zero, and taken as 0',
      },
    ]);
  });

  it('is reduced only from a price that is higher', async () => {
    for (const [before, compareAt] of [
      ['40.00', { amount: '4000', currency: 'EUR' }],
      ['36.00', undefined],
      ['0.00', undefined],
    ]) {
      const draft = await readDraft({ ...first, 'Variant Compare At Price': before as string });
      expect(draft.variants[0]?.compareAt).toEqual(compareAt);
    }
  });

  it('gets a sku where it has none, and where its own is not one or is taken', async () => {
    const draft = await readDraft(
      { ...sized, 'Variant SKU': "'A1" },
      { ...next, 'Variant SKU': 'A1' },
      { ...next, 'Option1 Value': 'L', 'Variant SKU': 'A(2)' },
      { ...next, 'Option1 Value': 'XL' },
      { ...next, 'Option1 Value': 'xl' },
    );
    const skus = draft.variants.map(({ sku }) => sku);
    expect(skus.slice(0, 4)).toEqual(['A1', 'sol-tee-m', 'sol-tee-l', 'sol-tee-xl']);
    expect(skus[4]).toMatch(/^sol-tee-xl-[0-9a-f]{8}$/);
    expect(draft.notes.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 A1 is on line 2 already; sol-tee-m is taken instead',
      '4 A(2) has signs that a sku may not have; sol-tee-l is taken instead',
    ]);
  });
});

describe('the photos of a product', () => {
  const photo = (src: string, position = ''): Cells => ({
    Handle: 'sol-tee',
    'Image Src': src,
    'Image Position': position,
  });
  const srcs = ({ pictures }: Draft) => pictures.map(({ src }) => src);

  it('stand in the order of the file, each once, and of a variant’s own last', async () => {
    const draft = await readDraft(
      { ...first, 'Image Src': 'b.jpg', 'Variant Image': 'v.jpg' },
      photo('a.jpg'),
      photo('b.jpg'),
    );
    expect(srcs(draft)).toEqual(['b.jpg', 'a.jpg', 'v.jpg']);
    expect(draft.variants).toHaveLength(1);
  });

  it('stand in the order that a newer export tells', async () => {
    const draft = await readDraft(
      { ...first, 'Image Src': 'b.jpg', 'Image Position': '2' },
      photo('c.jpg', '10'),
      photo('a.jpg', '1'),
    );
    expect(srcs(draft)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  });

  it('are fifty at most, and the rest is told', async () => {
    const many = Array.from({ length: 51 }, (_, i) => photo(`${i}.jpg`));
    const draft = await readDraft(first, ...many);
    expect(draft.pictures).toHaveLength(50);
    expect(draft.notes).toMatchObject([{ line: 53, column: 'Image Src' }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Answer, toTimelessAnswer } from '../browse/answer.ts';
import { type Encoding, answerEncoding, facetsEncoding, treeEncoding } from './encoding.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const answer: fc.Arbitrary<Answer> = fc.record(
  { body: bytes, etag: fc.string(), stockFrom: fc.nat() },
  { requiredKeys: ['body', 'etag'] },
);

const orUndefined = (
  { decode }: Pick<Encoding<object>, 'decode'>,
  garbage: Buffer,
): object | undefined => {
  try {
    return decode(garbage);
  } catch {
    return undefined;
  }
};

describe('what instances share', () => {
  it('comes back as the answer that it was', () => {
    fc.assert(
      fc.property(answer, (given) => {
        expect(answerEncoding.decode(answerEncoding.encode(given))).toEqual(given);
      }),
    );
  });

  it('comes back as the facets and the tree that they were', () => {
    const facets = { total: 3, json: '[{"name":"Größe"}]' };
    expect(facetsEncoding.decode(facetsEncoding.encode(facets))).toEqual(facets);
    const leaf = { path: 'a/b', title: 'B', count: 1, children: [] };
    const items = [{ path: 'a', title: 'A', count: 1, children: [leaf] }];
    const tree = { items, answer: toTimelessAnswer({ items }) };
    expect(treeEncoding.decode(treeEncoding.encode(tree))).toEqual(tree);
  });

  it('is nothing where the bytes say something else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          fc.json().map((text) => Buffer.from(text)),
        ),
        (garbage) => {
          expect(orUndefined(facetsEncoding, garbage)).toBeUndefined();
          expect(orUndefined(treeEncoding, garbage)).toBeUndefined();
          expect(orUndefined(answerEncoding, garbage)).toBeUndefined();
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sanitizeDescription, toPlainText } from './description.ts';

describe('a description', () => {
  it('keeps text and structure', () => {
    const html = '<p>Soft <strong>linen</strong>,<br />washed.</p><ul><li>40 cm</li></ul>';
    expect(sanitizeDescription(html)).toBe(html);
  });

  it.each([
    ['<script>alert(1)</script>Hi', 'Hi'],
    ['<p onclick="x()" style="color:red" class="a">Hi</p>', '<p>Hi</p>'],
    ['<a href="javascript:alert(1)">Hi</a>', 'Hi'],
    ['<img src=x onerror=alert(1)>Hi', 'Hi'],
    ['<iframe src="https://evil.example"></iframe>Hi', 'Hi'],
    ['<svg><script>1</script></svg>Hi', 'Hi'],
    ['<meta charset="utf-8"><h1>Hi</h1>', '<h3>Hi</h3>'],
    ['<p>unclosed', '<p>unclosed</p>'],
    ['a < b & c', 'a &lt; b &amp; c'],
  ])('makes of %p only %p', (html, clean) => {
    expect(sanitizeDescription(html)).toBe(clean);
  });

  it('holds no tag but those allowed, and no attribute, whatever comes in', () => {
    const piece = fc.constantFrom(
      '</p>',
      '<b',
      '>',
      '"',
      "'",
      '<!--',
      '-->',
      '&lt;',
      '<script>',
      '</script>',
      'x',
      '<a href="//x">',
      '</a>',
      '<ul><li>',
      '<![CDATA[',
      ']]>',
      '\u0000',
      '<svg/onload=1>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const clean = sanitizeDescription(pieces.join(''));
        for (const [tag] of clean.matchAll(/<[^>]*>?/g))
          expect(tag).toMatch(/^<\/?[a-z0-9]+( \/)?>$/);
        expect(clean).not.toMatch(/<\/?(script|svg|a|img)\b/i);
      }),
    );
  });

  it('gives its words to search', () => {
    expect(toPlainText('<p>Soft <b>linen</b></p><p>Salt &amp; pepper</p>')).toBe(
      'Soft linen Salt & pepper',
    );
  });
});

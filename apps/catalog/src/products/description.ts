import sanitizeHtml from 'sanitize-html';

const headings = { h1: 'h3', h2: 'h3', h5: 'h4', h6: 'h4' };

const rules: sanitizeHtml.IOptions = {
  allowedTags: (
    'p br hr ul ol li dl dt dd blockquote h3 h4 strong b em i u s sub sup small ' +
    'table thead tbody tr th td'
  ).split(' '),
  // No attribute at all: no style, no class, no event handler, and links keep their words only.
  allowedAttributes: {},
  transformTags: headings,
  disallowedTagsMode: 'discard',
  nestingLimit: 20,
  enforceHtmlBoundary: false,
};

/** A merchant's description with nothing in it but text and its structure. */
export const sanitizeDescription = (html: string): string => sanitizeHtml(html, rules).trim();

/** Its words, for search. */
export const toPlainText = (html: string): string =>
  sanitizeHtml(html.replaceAll('<', ' <'), {
    allowedTags: [],
    allowedAttributes: {},
    textFilter: decodeEntities,
  })
    .replace(/\s+/g, ' ')
    .trim();

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

const decodeEntities = (text: string): string =>
  text.replace(/&(lt|gt|quot|amp);/g, (entity, name: string) => entities[name] ?? entity);

import { DomainError, ServiceUnavailable } from '@hemline/http';
import { HttpException } from '@nestjs/common';
import { problems } from '../../problems.ts';

export type ErrorWords = {
  readonly status: number;
  readonly title: string;
  readonly words: readonly string[];
};

const notFound: ErrorWords = {
  status: 404,
  title: 'There is nothing here.',
  words: [
    'The page that you asked for is not in the shop, or not any more. Perhaps the address was cut off when it was copied.',
  ],
};
const unexpected: ErrorWords = {
  status: 500,
  title: 'That went wrong, and it is our fault.',
  words: ['Nothing of yours is lost, and nothing was charged. Please try once more.'],
};

/** What a shopper needs to know when one of the services does not answer. */
const awayWords: Readonly<Record<string, ErrorWords>> = {
  catalog: {
    status: 503,
    title: 'We cannot reach our shelf at this moment.',
    words: ['Your bag is safe, and you can still look into it. Please try again in a minute.'],
  },
  cart: {
    status: 503,
    title: 'We cannot open your bag at this moment.',
    words: [
      'Nothing in it is lost. If you were adding or changing something, that was not done: please try again in a minute. You can look round the shop meanwhile.',
    ],
  },
  payments: {
    status: 503,
    title: 'We cannot look up orders at this moment.',
    words: ['Your order is safe where it is. Please open this page again in a minute.'],
  },
};

const refusedWords: Readonly<Record<string, ErrorWords>> = {
  not_found: notFound,
  'orders.not_found': {
    status: 404,
    title: 'We do not find this order.',
    words: [
      'The link to an order is long, and works only when it is whole. Please open it again from where you kept it.',
    ],
  },
  'forms.foreign': {
    status: 403,
    title: 'This did not come from our pages.',
    words: [
      'Nothing was done. If it was you, please go back, reload the page and press once more.',
    ],
  },
  'forms.expired': {
    status: 403,
    title: 'This page lay open for too long.',
    words: ['Nothing was done. Please go back, reload the page and press once more.'],
  },
  'request.too_large': {
    status: 413,
    title: 'That was too much at once.',
    words: ['Nothing was changed.'],
  },
};

const byStatus = (status: number): ErrorWords => {
  if (status === 404 || status === 405) return { ...notFound, status };
  if (status === 503) {
    return {
      status,
      title: 'There is a queue at the door.',
      words: ['Please try again in a few seconds.'],
    };
  }
  if (status >= 500) return { ...unexpected, status };
  return {
    status,
    title: 'We did not understand that.',
    words: ['Nothing was changed. Please go back and try again.'],
  };
};

const codeStatuses: Readonly<Record<string, { readonly status: number }>> = {
  ...problems,
  'request.unsupported_media_type': { status: 415 },
  'request.malformed': { status: 400 },
  'request.invalid': { status: 400 },
  'request.too_deep': { status: 400 },
  'service.overloaded': { status: 503 },
};

export const toErrorWords = (error: unknown): ErrorWords => {
  if (error instanceof ServiceUnavailable) return awayWords[error.service] ?? byStatus(503);
  if (error instanceof DomainError) {
    return refusedWords[error.code] ?? byStatus(codeStatuses[error.code]?.status ?? 500);
  }
  if (error instanceof HttpException) return byStatus(error.getStatus());
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  if (statusCode === 413) return refusedWords['request.too_large'] ?? unexpected;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? byStatus(statusCode)
    : unexpected;
};

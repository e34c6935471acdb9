import { imageFormats, imageWidths } from '@hemline/contracts';
import type { DerivativeFormat } from '../workers/picture-task.ts';

export type Derivative = {
  readonly id: string;
  readonly width: number;
  readonly format: DerivativeFormat;
};

/**
 * Raised when the same original would be encoded to other bytes, as a URL's bytes never change once
 * they were served: new ones are kept beside the old, and old entity tags stop to match.
 */
const recipe = 'r1';

const idPattern = /^[0-9a-f]{32}$/;
const filePattern = /^(\d{3,4})\.([a-z]{4})$/;

/** `320.avif` of a picture; undefined for every width and format that there is not. */
export const parseDerivative = (id: string, file: string): Derivative | undefined => {
  const [, digits, extension] = filePattern.exec(file) ?? [];
  const width = imageWidths.find((each) => String(each) === digits);
  const format = imageFormats.find((each) => each === extension);
  return idPattern.test(id) && width && format ? { id, width, format } : undefined;
};

export const originalKey = (id: string): string => `originals/${id.slice(0, 2)}/${id}`;

export const derivativeKey = ({ id, width, format }: Derivative): string =>
  `derivatives/${recipe}/${id.slice(0, 2)}/${id}/${width}.${format}`;

export const entityTag = ({ id, width, format }: Derivative): string =>
  `"${id}-${width}-${format}-${recipe}"`;

type Plan = { readonly widths: readonly number[]; readonly formats: readonly DerivativeFormat[] };

/** What is made in advance, in this order: first what lists show to most browsers. */
const stages: readonly Plan[] = [
  { widths: [320, 640], formats: ['webp', 'avif'] },
  { widths: [960, 160], formats: ['webp', 'avif'] },
  { widths: [640, 320, 160, 960, 1280], formats: ['jpeg'] },
  { widths: [1280], formats: ['webp', 'avif'] },
];
export const stageCount = stages.length;

/**
 * The derivatives of one stage. Nothing is enlarged, so that of the widths above the original's only the
 * first is worth making before someone asks.
 */
export const derivativesOfStage = (
  id: string,
  originalWidth: number,
  stage: number,
): Derivative[] => {
  const { widths, formats } = stages[stage] ?? { widths: [], formats: [] };
  const largest = imageWidths.find((width) => width >= originalWidth) ?? Math.max(...imageWidths);
  return widths
    .filter((width) => width <= largest)
    .flatMap((width) => formats.map((format) => ({ id, width, format })));
};

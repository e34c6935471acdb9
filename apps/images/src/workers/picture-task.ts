import type { imageFormats } from '@hemline/contracts';

export type DerivativeFormat = (typeof imageFormats)[number];

/** A picture as a worker gets it: where it can read it itself, its bytes need not pass through here. */
export type PictureSource = { readonly bytes: Uint8Array } | { readonly path: string };

/** What is asked of a worker process, and what it answers; both cross the border between processes. */
export type PictureTask =
  | { readonly kind: 'inspect'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'derive';
      readonly source: PictureSource;
      readonly width: number;
      readonly format: DerivativeFormat;
    };

export type Inspection = {
  /** As the picture is meant to be looked at: the camera's orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly placeholder: string;
};

export type PictureAnswer =
  | { readonly kind: 'done'; readonly value: Inspection | Uint8Array; readonly rssBytes: number }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly rssBytes: number };

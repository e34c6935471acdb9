import { imageWidths } from '@hemline/contracts';
import type { JSX } from 'preact';
import { imageUrl } from '../layout/paths.ts';

type PictureProps = {
  readonly imagesUrl: string;
  readonly image:
    | {
        readonly id: string;
        readonly alt: string;
        readonly width?: number;
        readonly height?: number;
      }
    | undefined;
  readonly sizes: string;
  /** The first picture that she sees: fetched at once, before others. */
  readonly isFirst?: boolean;
};

/** Until the image service has told how large a picture is, it is taken for one of our usual shape. */
const usual = { width: 1280, height: 1600 };

export const Picture = (props: PictureProps): JSX.Element => {
  const { imagesUrl, image, sizes, isFirst = false } = props;
  if (!image) return <NoPicture />;
  const srcset = (format: 'avif' | 'webp' | 'jpeg'): string =>
    imageWidths.map((w) => `${imageUrl(imagesUrl, image.id, w, format)} ${w}w`).join(', ');
  return (
    <picture class="picture">
      <source type="image/avif" srcset={srcset('avif')} sizes={sizes} />
      <source type="image/webp" srcset={srcset('webp')} sizes={sizes} />
      <img
        src={imageUrl(imagesUrl, image.id, 640, 'jpeg')}
        srcset={srcset('jpeg')}
        sizes={sizes}
        width={image.width || usual.width}
        height={image.height || usual.height}
        alt={image.alt}
        decoding="async"
        {...(isFirst ? { fetchpriority: 'high' as const } : { loading: 'lazy' as const })}
      />
    </picture>
  );
};

/** An empty hanger, for goods that no one has photographed yet. */
const NoPicture = (): JSX.Element => (
  <span class="picture picture-none">
    <svg viewBox="0 0 80 100" aria-hidden="true">
      <path d="M40 40v-6c0-3 7-4 7-10a7 7 0 0 0-14 0" />
      <path d="M40 40 12 60c-3 2-2 6 2 6h52c4 0 5-4 2-6z" />
    </svg>
    <span>Picture to come</span>
  </span>
);

import type { catalogApi } from '@hemline/contracts';
import type { AssetUrls } from '../assets/assets.ts';

/** What every page knows of the shop that it belongs to. */
export type Shop = {
  readonly publicUrl: string;
  readonly imagesUrl: string;
  readonly assets: AssetUrls;
  /** Top categories for the menu; empty until catalog has told of them. */
  readonly categories: readonly catalogApi.Category[];
};

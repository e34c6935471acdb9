import { Inject, Injectable } from '@nestjs/common';
import { ASSETS } from '../assets/assets.controller.ts';
import type { Assets } from '../assets/assets.ts';
import { CONFIG, type Config } from '../config.ts';
import { CategoryMenu } from './category-menu.ts';
import type { Shop } from './shop.ts';

/** Gives each page what it knows of the shop, as it is now. */
@Injectable()
export class ShopFront {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ASSETS) private readonly assets: Assets,
    private readonly menu: CategoryMenu,
  ) {}

  get shop(): Shop {
    return {
      publicUrl: this.config.PUBLIC_URL,
      imagesUrl: this.config.IMAGES_PUBLIC_URL,
      assets: this.assets.urls,
      categories: this.menu.categories,
    };
  }
}

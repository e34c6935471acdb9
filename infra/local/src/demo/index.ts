export { demoGoods } from './goods.ts';
export type { DemoPicture, DemoProduct, DemoVariant } from './goods/draft.ts';
export { PICTURE, rasterise } from './picture.ts';
export { storySvg } from './story.ts';

import { accessories } from './goods/accessories.ts';
import { coats } from './goods/coats.ts';
import { toProduct } from './goods/draft.ts';
import type { DemoProduct, Draft } from './goods/draft.ts';
import { dresses } from './goods/dresses.ts';
import { kitchen } from './goods/kitchen.ts';
import { knitwear } from './goods/knitwear.ts';
import { living } from './goods/living.ts';
import { shirts } from './goods/shirts.ts';
import { trousers } from './goods/trousers.ts';

const rails: readonly (readonly [category: readonly string[], drafts: readonly Draft[]])[] = [
  [['Clothing', 'Shirts & tops'], shirts],
  [['Clothing', 'Knitwear'], knitwear],
  [['Clothing', 'Trousers'], trousers],
  [['Clothing', 'Dresses & skirts'], dresses],
  [['Clothing', 'Coats & jackets'], coats],
  [['Clothing', 'Accessories'], accessories],
  [['Home', 'Kitchen & table'], kitchen],
  [['Home', 'Bedroom & living'], living],
];

const longest = Math.max(...rails.map(([, drafts]) => drafts.length));

/** One from each rail in turn, so that the newest goods are never eight shirts. */
export const demoGoods: readonly DemoProduct[] = Array.from({ length: longest }, (_, turn) =>
  rails.flatMap(([category, drafts]) =>
    drafts.slice(turn, turn + 1).map((draft) => toProduct(draft, category)),
  ),
).flat();

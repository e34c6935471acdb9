import { cloth } from '../cloth.ts';
import { dressBack, dressFront } from '../flats/dress.ts';
import type { DressStyle } from '../flats/dress.ts';
import { skirtBack, skirtFront } from '../flats/skirt.ts';
import type { SkirtStyle } from '../flats/skirt.ts';
import { dressSizes } from './draft.ts';
import type { Draft, Draw } from './draft.ts';

const dress = (kind: DressStyle['kind']): { front: Draw; back: Draw } => ({
  front: (s, c) => dressFront(s, c, { kind }),
  back: (s, c) => dressBack(s, c, { kind }),
});

const skirt = (kind: SkirtStyle['kind']): { front: Draw; back: Draw } => ({
  front: (s, c) => skirtFront(s, c, { kind }),
  back: (s, c) => skirtBack(s, c, { kind }),
});

const vendor = 'Fernside Atelier';

export const dresses: readonly Draft[] = [
  {
    handle: 'shirt-dress',
    title: 'Shirt dress',
    code: 'SHD',
    vendor,
    tags: ['cotton', 'dress', 'stripe'],
    price: 148,
    colours: {
      Indigo: cloth('Chalk', 'ticking', { figure: 'Indigo' }),
      Bottle: cloth('Chalk', 'ticking', { figure: 'Bottle' }),
    },
    sizes: dressSizes,
    text: 'A shirt as far as the waist and a full skirt from there, with a belt of the same cloth to say where one becomes the other. Pockets in the side seams, naturally.',
    facts: ['Cotton ticking', 'Buttons all the way down', 'Pockets', 'Wash at 40°'],
    ground: 'blush',
    ...dress('shirt'),
    detail: { at: [0, 300], zoom: 2.2 },
  },
  {
    handle: 'smock-dress',
    title: 'Smock dress',
    code: 'SMK',
    vendor,
    tags: ['linen', 'dress'],
    price: 138,
    colours: {
      Bottle: cloth('Bottle', 'linen'),
      Rust: cloth('Rust', 'linen'),
      Sky: cloth('Sky', 'linen'),
    },
    sizes: dressSizes,
    text: 'Gathered by hand into a plain yoke, with sleeves full enough to push up and cuffs firm enough to stay there. Loose everywhere else.',
    facts: ['Linen, 185 g', 'Three buttons at the back of the neck', 'Wash at 30°'],
    ground: 'straw',
    front: dress('smock').front,
    swatches: true,
  },
  {
    handle: 'denim-pinafore',
    title: 'Denim pinafore',
    code: 'PIN',
    vendor: 'Osier Works',
    tags: ['denim', 'dress', 'workwear'],
    price: 120,
    colours: {
      Indigo: cloth('Indigo', 'twill', { thread: 'Ochre' }),
      Walnut: cloth('Walnut', 'cord'),
    },
    sizes: dressSizes,
    text: 'A bib with a pocket, straps that cross at the back, and two more pockets large enough for what you actually carry.',
    facts: ['Denim or needlecord', 'Adjustable straps', 'Wash at 30°, inside out'],
    ground: 'mist',
    ...dress('pinafore'),
  },
  {
    handle: 'wrap-dress',
    title: 'Wrap dress',
    code: 'WRD',
    vendor,
    tags: ['viscose', 'dress', 'print'],
    price: 142,
    was: 175,
    colours: {
      Plum: cloth('Plum', 'dot', { figure: 'Chalk' }),
      Ink: cloth('Ink', 'dot', { figure: 'Rose' }),
    },
    sizes: dressSizes,
    text: 'Crosses over properly, so that it stays closed on a bicycle. The tie passes through the side seam and fastens where you like it.',
    facts: ['Fluid viscose twill', 'True wrap', 'Wash at 30°, hang to dry'],
    ground: 'sage',
    ...dress('wrap'),
  },
  {
    handle: 'pleated-skirt',
    title: 'Pleated skirt',
    code: 'PSK',
    vendor,
    tags: ['wool', 'skirt', 'check'],
    price: 128,
    colours: {
      Slate: cloth('Slate', 'check', { figure: 'Ink' }),
      Madder: cloth('Madder', 'check', { figure: 'Bottle' }),
    },
    sizes: dressSizes,
    text: 'Knife pleats, pressed in and stitched down for the first hand’s breadth. The check closes when you stand and opens when you walk.',
    facts: ['Wool twill', 'Side zip, lined', 'Dry clean'],
    ground: 'dusk',
    ...skirt('pleated'),
  },
  {
    handle: 'button-front-skirt',
    title: 'Button-front skirt',
    code: 'BFS',
    vendor: 'Hemline',
    tags: ['corduroy', 'skirt'],
    price: 92,
    colours: { Walnut: cloth('Walnut', 'cord'), Bottle: cloth('Bottle', 'cord') },
    sizes: dressSizes,
    text: 'Nine buttons, two patch pockets and an easy A-line. The corduroy is a fine one and does not whistle.',
    facts: ['Cotton needlecord', 'Works in every shoe we own', 'Wash at 30°, inside out'],
    ground: 'stone',
    ...skirt('button'),
    detail: { at: [0, 300], zoom: 2.1 },
  },
  {
    handle: 'wrap-skirt',
    title: 'Wrap skirt',
    code: 'WSK',
    vendor: 'Hemline',
    tags: ['linen', 'skirt', 'summer'],
    price: 88,
    was: 110,
    colours: { Ochre: cloth('Ochre', 'linen'), Madder: cloth('Madder', 'linen') },
    sizes: dressSizes,
    text: 'One long piece of linen, darted at the waist, that goes round you once and a half and ties at the hip.',
    facts: ['Linen, 210 g', 'Ties at the side', 'Wash at 30°'],
    ground: 'dusk',
    front: skirt('wrap').front,
    swatches: true,
  },
];

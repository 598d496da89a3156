/** Colour maps that people with any colour vision can read: lightness alone tells the order. */
export const colourMaps = {
  viridis: ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'],
  cividis: ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#f4db47', '#fee838'],
  magma: ['#000004', '#140e36', '#3b0f70', '#641a80', '#8c2981', '#b73779', '#de4968', '#f7705c', '#fe9f6d', '#fecf92', '#fcfdbf'],
} as const;

export type ColourMap = keyof typeof colourMaps;

export const isColourMap = (name: string | null): name is ColourMap => name !== null && name in colourMaps;

const parse = (colour: string): [number, number, number] => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];

/** 256 colours, three bytes each, through the stops. */
const tableThrough = (colours: readonly string[]): Uint8ClampedArray => {
  const stops = colours.map(parse);
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(at), stops.length - 2);
    for (let channel = 0; channel < 3; channel++) table[i * 3 + channel] = stops[from]![channel]! + (at - from) * (stops[from + 1]![channel]! - stops[from]![channel]!);
  }

  return table;
};

export const tableOf = (map: ColourMap): Uint8ClampedArray => tableThrough(colourMaps[map]);

const gradientThrough = (colours: readonly string[]): string => `linear-gradient(to right, ${colours.join(', ')})`;

export const gradientOf = (map: ColourMap): string => gradientThrough(colourMaps[map]);

/** Blue for less, orange for more: told apart with any colour vision, and by lightness from the middle. */
const differences = ['#053061', '#2166ac', '#67a9cf', '#d1e5f0', '#f7f7f7', '#fddbc7', '#ef8a62', '#c1501a', '#67001f'];

export const differenceTable = tableThrough(differences);

export const differenceGradient = gradientThrough(differences);

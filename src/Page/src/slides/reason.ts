import type { Slide } from '../api/types';

/** Why a slide failed, without its name, which stands beside it: a long one would hide the reason. */
export const reasonOf = ({ slide, reason }: Slide): string | undefined => {
  const own = reason?.startsWith(`${slide}: `) ? reason.slice(slide.length + 2) : reason;

  // µ's capital is that of a Greek M: µm/px became Mm/px.
  return own?.replace(/^[a-z]/, (letter) => letter.toUpperCase()) || undefined;
};

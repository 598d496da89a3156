import { messageOf, post, send, slidePath } from '../api/client';
import type { Slide } from '../api/types';
import { tell } from '../ui/Toasts';

const told = { retry: 'is tried again', restore: 'is back', rescore: 'is scored again' };

/** Asks for something that is done to a slide, and tells what came of it. */
export const actOn = async (slide: Slide, action: keyof typeof told, onChanged: (slideId: string) => void): Promise<void> => {
  try {
    await post(slidePath(slide.slideId, `/${action}`));
    tell(`${slide.slide} ${told[action]}.`);
  } catch (error) {
    tell(messageOf(error));
  }

  onChanged(slide.slideId);
};

export const deleteSlide = async (slide: Slide, onChanged: (slideId: string) => void): Promise<void> => {
  try {
    await send(slidePath(slide.slideId), { method: 'DELETE' });
    tell(`${slide.slide} is deleted. It can be restored for about an hour.`, { label: 'Undo', run: () => void actOn(slide, 'restore', onChanged) });
  } catch (error) {
    tell(messageOf(error));
  }

  onChanged(slide.slideId);
};

import type { Slide } from '../api/types';

/** The content that a slide's pictures are of: the published result's while there is one, whatever is wanted now. */
export const pictureEtagOf = ({ result, etag }: Slide): string | null | undefined => result?.settings.etag ?? etag;

import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/client';
import type { CorrectionLabel } from '../api/types';
import { tell } from '../ui/Toasts';
import type { CorrectionSheet } from './corrections';
import type { Mask } from './mask';
import type { Cell, Scores } from './scores';
import type { Place, Pointer, Stage } from './Stage';
import { nearestQuarter, onSlide } from './turn';

export interface Brush {
  isTissue: boolean;
  radiusUm: number;
}

export type Label = CorrectionLabel | 'Clear';

const reviewerKey = 'reviewer';
const [smallestUm, largestUm] = [50, 2000];

interface ReviewProps {
  stage: { current: Stage | undefined };
  scores: Scores | undefined;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  marked: Cell | undefined;
  onMark: (cell: Cell) => void;
  onChanged: () => void;
}

/** The two tools that change something: labels on patches, and the brush on the tissue mask; by pointer and by keys. */
export const useReview = ({ stage, scores, mask, sheet, marked, onMark, onChanged }: ReviewProps) => {
  const [brush, setBrush] = useState<Brush>();
  const [hand, setHand] = useState<Place>();
  const [labelling, setLabelling] = useState<Label>();
  const [reviewer, setReviewer] = useState(() => localStorage.getItem(reviewerKey) ?? '');
  const [version, setVersion] = useState(0);
  const changed = () => setVersion((count) => count + 1);

  const saveLabels = () => {
    changed();
    // What others labelled meanwhile is shown with it.
    sheet?.save(reviewer).then(changed, (error: unknown) => tell(messageOf(error)));
  };
  const label = (cell: Cell | undefined) => {
    if (!cell || !labelling) return;
    sheet?.set(cell, labelling === 'Clear' ? undefined : labelling);
    stage.current?.redraw();
  };
  const paint = (place: Place) => {
    if (!brush) return;
    mask?.stroke(place, brush.radiusUm, brush.isTissue);
    stage.current?.redraw();
  };
  const labelAt = ({ x, y }: Place) => label(scores?.cellAt(x, y));

  /** Gives the pointer to the tool that is in hand. */
  const pointer = (): Pointer | undefined =>
    brush && mask ? { press: (place) => { mask.beginStroke(); paint(place); }, drag: paint, release: changed }
      : labelling && sheet ? { press: (place) => { sheet.begin(); labelAt(place); }, drag: labelAt, release: saveLabels }
      : undefined;
  useEffect(() => stage.current?.setPointer(pointer()), [brush, mask, labelling, sheet, reviewer, stage.current]);

  const correct = (next: Label | undefined) => {
    setBrush(undefined);
    setLabelling(next);
  };
  const edit = (on: boolean) => {
    setLabelling(undefined);
    setHand(undefined);
    setBrush(on ? { isTissue: true, radiusUm: 400 } : undefined);
  };

  /** Moves what the keyboard has in hand, as the screen shows it; false where it has nothing. */
  const move = (downScreen: number, acrossScreen: number): boolean => {
    const centre = stage.current?.centre();
    if (!scores || !stage.current || !centre || !(brush || labelling)) return false;
    const { rotation } = stage.current;
    if (brush) {
      const { down, across } = onSlide(rotation, downScreen, acrossScreen);
      const from = hand ?? centre;
      const step = brush.radiusUm / scores.grid.umPerPixelX;
      const next = { x: from.x + across * step, y: from.y + down * step };
      setHand(next);
      stage.current?.keepInSight(next);
    } else {
      const { down, across } = onSlide(nearestQuarter(rotation), downScreen, acrossScreen);
      const next = marked ? scores.step(marked, Math.round(down), Math.round(across)) : scores.nearest(centre.x, centre.y);
      if (!next) return true;
      onMark(next);
      stage.current?.keepInSight({ x: (next.column + 0.5) * scores.grid.stepX, y: (next.row + 0.5) * scores.grid.stepY });
    }

    return true;
  };

  /** Uses what the keyboard has in hand, where it has it. */
  const apply = () => {
    if (brush && mask) {
      const place = hand ?? stage.current?.centre();
      if (!place) return;
      setHand(place);
      mask.beginStroke();
      paint(place);
      changed();
    } else if (labelling && sheet && marked) {
      sheet.begin();
      label(marked);
      saveLabels();
    }
  };

  const undoStroke = () => {
    mask?.undo();
    changed();
  };
  const undoLabel = () => {
    sheet?.undo();
    saveLabels();
  };

  return {
    brush, hand, labelling, reviewer, version, correct, edit, move, apply, setBrush, undoStroke, undoLabel,
    undo: () => (brush ? undoStroke() : labelling && sheet?.canUndo && undoLabel()),
    resize: (factor: number) => brush && setBrush({ ...brush, radiusUm: Math.min(largestUm, Math.max(smallestUm, Math.round((brush.radiusUm * factor) / 25) * 25)) }),
    nameReviewer: (name: string) => {
      localStorage.setItem(reviewerKey, name);
      setReviewer(name);
    },
    saveMask: async () => {
      try {
        await mask?.save();
        setBrush(undefined);
        tell('The mask is kept, and the slide is scored again by it.');
        onChanged();
      } catch (error) {
        tell(messageOf(error));
      }
    },
  };
};

export type Review = ReturnType<typeof useReview>;

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { mm2 } from '../ui/format';
import { outline, paintHeatmap } from './heatmap';
import { cellLayer, differenceLayer, heatmapLayer } from './layers';
import type { Options } from './options';
import type { Cell, Scores } from './scores';
import { Stage, type StageSlide, type View } from './Stage';
import type { Other } from './useOther';

interface SideStageProps {
  slide: StageSlide;
  view: View | undefined;
  scores: Scores;
  other: Other;
  /** The threshold that the other run is shown at. */
  threshold: number;
  options: Options;
  marked: Cell | undefined;
  stage: { current: Stage | undefined };
  onView: (view: View) => void;
  onHover: (event: PointerEvent, stage: Stage | undefined) => void;
  onLead: () => void;
}

/** The same place of the slide under another run's heatmap, or under its difference from the first. */
export const SideStage = ({ slide, view, scores, other, threshold, options, marked, stage, onView, onHover, onLead }: SideStageProps) => {
  const element = useRef<HTMLDivElement>(null);
  const tell = useRef(onView);
  tell.current = onView;
  useEffect(() => {
    stage.current = new Stage(element.current!, slide, view, (next) => tell.current(next), false);
    return () => {
      stage.current?.destroy();
      stage.current = undefined;
    };
  }, [slide]);

  const isDifference = options.beside === 'difference' && scores.hasGridOf(other.scores);
  const layer = useMemo(
    () => isDifference
      ? differenceLayer(scores, other.scores, options.opacity)
      : heatmapLayer(other.scores, paintHeatmap(other.scores, options.map, threshold), outline(other.scores, threshold), options.opacity),
    [isDifference, scores, other, options.map, options.opacity, threshold],
  );
  useEffect(
    () => stage.current?.setLayers([...(options.heatmap ? [layer] : []), ...(marked ? [cellLayer(scores, marked)] : [])]),
    [layer, marked, options.heatmap, scores, slide],
  );

  const count = useMemo(() => other.scores.count(threshold), [other, threshold]);
  return (
    <div class="stage" onPointerMove={(event) => onHover(event, stage.current)} onPointerEnter={onLead}>
      <div class="osd" ref={element} role="application" aria-label={`The slide with ${isDifference ? 'the difference to' : 'the heatmap of'} ${other.run.model}`} data-testid="side" />
      <p class="caption" data-testid="side-caption">{isDifference ? `${other.run.model} less the first` : <>{other.run.model} · <strong>{mm2(count.areaMm2)} mm²</strong> at {threshold.toFixed(3)}</>}</p>
    </div>
  );
};

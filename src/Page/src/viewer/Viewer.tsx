import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/client';
import type { CorrectionLabel, Slide } from '../api/types';
import { Icon } from '../ui/icons';
import { tell } from '../ui/Toasts';
import type { CorrectionSheet } from './corrections';
import { outline, paintHeatmap } from './heatmap';
import { Help } from './Help';
import { keep, readOptions, readView, type Options } from './options';
import { Panel } from './Panel';
import { Readout } from './Readout';
import { ScaleBar } from './ScaleBar';
import type { Mask } from './mask';
import type { Cell, Region, Scores } from './scores';
import { Stage, type Layer, type Place, type StageSlide, type View } from './Stage';
import { useKeys } from './useKeys';
import '../style/viewer.css';

export interface Brush {
  isTissue: boolean;
  radiusUm: number;
}

interface ViewerProps {
  slide: Slide;
  stage: StageSlide;
  scores: Scores | undefined;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  onChanged: () => void;
}

const keepDelayMs = 250;
const reviewerKey = 'reviewer';

export const Viewer = ({ slide, stage: stageSlide, scores, mask, sheet, onChanged }: ViewerProps) => {
  const decision = scores?.grid.decisionThreshold ?? 0.5;
  const [options, setOptions] = useState<Options>(() => readOptions(decision));
  const [view, setView] = useState<View | undefined>(readView);
  const [hover, setHover] = useState<Cell>();
  const [marked, setMarked] = useState<Cell>();
  const [brush, setBrush] = useState<Brush>();
  const [labelling, setLabelling] = useState<CorrectionLabel | 'Clear'>();
  const [reviewer, setReviewer] = useState(() => localStorage.getItem(reviewerKey) ?? '');
  const [strokes, setStrokes] = useState(0);
  const [isHelp, setIsHelp] = useState(false);
  const [regionAt, setRegionAt] = useState(-1);
  const element = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage>(undefined);
  const change = (part: Partial<Options>) => setOptions((now) => ({ ...now, ...part }));

  useEffect(() => {
    stage.current = new Stage(element.current!, stageSlide, readView(), setView);
    return () => stage.current?.destroy();
  }, [stageSlide]);

  useEffect(() => {
    const timer = setTimeout(() => keep(options, view, decision), keepDelayMs);
    return () => clearTimeout(timer);
  }, [options, view, decision]);

  const { threshold, map } = options;
  const picture = useMemo(() => scores && paintHeatmap(scores, map, threshold), [scores, map, threshold]);
  const border = useMemo(() => scores && outline(scores, threshold), [scores, threshold]);
  const regions = useMemo(() => scores?.regions(threshold) ?? [], [scores, threshold]);

  useEffect(() => {
    const layers: Layer[] = [];
    if (scores && picture && border && options.heatmap) {
      const { columns, rows, stepX, stepY } = scores.grid;
      layers.push((context, scale) => {
        context.globalAlpha = options.opacity;
        context.drawImage(picture, 0, 0, columns * stepX, rows * stepY);
        context.globalAlpha = 1;
        context.scale(stepX, stepY);
        context.lineWidth = 1.5 / (scale * stepX);
        context.strokeStyle = '#ff3d00';
        context.stroke(border);
      });
    }

    if (mask && options.mask) layers.push(mask.layer);
    if (sheet) layers.push(sheet.layer);
    if (scores && marked) {
      const { stepX, stepY, cellWidth, cellHeight } = scores.grid;
      layers.push((context, scale) => {
        for (const [colour, width] of [['#000', 4], ['#fff', 2]] as const) {
          context.lineWidth = width / scale;
          context.strokeStyle = colour;
          context.strokeRect(marked.column * stepX, marked.row * stepY, cellWidth, cellHeight);
        }
      });
    }

    stage.current?.setLayers(layers);
  }, [scores, picture, border, mask, sheet, marked, options, strokes, stageSlide]);

  const saveLabels = () => {
    setStrokes((count) => count + 1);
    sheet?.save(reviewer).catch((error: unknown) => tell(messageOf(error)));
  };
  const label = (place: Place) => {
    const cell = scores?.cellAt(place.x, place.y);
    if (!cell || !labelling) return;
    sheet?.set(cell, labelling === 'Clear' ? undefined : labelling);
    stage.current?.redraw();
  };
  const paint = (place: Place) => {
    if (!brush) return;
    mask?.stroke(place, brush.radiusUm, brush.isTissue);
    stage.current?.redraw();
  };

  useEffect(() => {
    stage.current?.setPointer(
      brush && mask ? { press: (place) => { mask.beginStroke(); paint(place); }, drag: paint, release: () => setStrokes((count) => count + 1) }
        : labelling && sheet ? { press: (place) => { sheet.begin(); label(place); }, drag: label, release: saveLabels }
        : undefined,
    );
  }, [brush, mask, labelling, sheet, reviewer, stageSlide]);

  const goToRegion = (index: number) => {
    const region: Region | undefined = regions[index];
    if (!region || !scores) return;
    const { stepX, stepY } = scores.grid;
    setRegionAt(index);
    stage.current?.showRectangle(region.left * stepX, region.top * stepY, (region.right - region.left) * stepX, (region.bottom - region.top) * stepY);
  };
  const goToCell = (cell: Cell) => {
    if (!scores) return;
    const { stepX, stepY, cellWidth, cellHeight } = scores.grid;
    setMarked(cell);
    stage.current?.showRectangle(cell.column * stepX, cell.row * stepY, cellWidth, cellHeight);
  };
  const editMask = (on: boolean) => {
    setLabelling(undefined);
    setBrush(on ? { isTissue: true, radiusUm: 400 } : undefined);
    change({ mask: on || options.mask });
  };
  const undoStroke = () => {
    mask?.undo();
    setStrokes((count) => count + 1);
  };
  const correct = (next: CorrectionLabel | 'Clear' | undefined) => {
    setBrush(undefined);
    setLabelling(next);
  };
  const undoLabel = () => {
    sheet?.undo();
    saveLabels();
  };
  const nameReviewer = (name: string) => {
    localStorage.setItem(reviewerKey, name);
    setReviewer(name);
  };
  const saveMask = async () => {
    try {
      await mask?.save();
      setBrush(undefined);
      tell('The mask is kept, and the slide is scored again by it.');
      onChanged();
    } catch (error) {
      tell(messageOf(error));
    }
  };
  const nudge = (by: number) => change({ threshold: Math.round(Math.min(1, Math.max(0, threshold + by)) * 1000) / 1000 });

  useKeys({
    '+': () => stage.current?.zoomBy(1.5),
    '=': () => stage.current?.zoomBy(1.5),
    '-': () => stage.current?.zoomBy(1 / 1.5),
    '0': () => stage.current?.home(),
    ArrowLeft: () => stage.current?.moveBy(-0.15, 0),
    ArrowRight: () => stage.current?.moveBy(0.15, 0),
    ArrowUp: () => stage.current?.moveBy(0, -0.15),
    ArrowDown: () => stage.current?.moveBy(0, 0.15),
    r: () => stage.current?.rotateBy(90),
    R: () => stage.current?.rotateBy(-90),
    h: () => change({ heatmap: !options.heatmap }),
    m: () => change({ mask: !options.mask }),
    '[': () => nudge(-0.01),
    ']': () => nudge(0.01),
    d: () => change({ threshold: decision }),
    n: () => goToRegion(Math.min(regions.length - 1, regionAt + 1)),
    p: () => goToRegion(Math.max(0, regionAt - 1)),
    b: () => mask && editMask(!brush),
    t: () => brush && setBrush({ ...brush, isTissue: true }),
    e: () => brush && setBrush({ ...brush, isTissue: false }),
    c: () => sheet && reviewer && correct(labelling ? undefined : 'Idc'),
    1: () => labelling && correct('Idc'),
    2: () => labelling && correct('NotIdc'),
    3: () => labelling && correct('Exclude'),
    4: () => labelling && correct('Clear'),
    u: () => (brush ? undoStroke() : labelling && sheet?.canUndo && undoLabel()),
    '?': () => setIsHelp(true),
    Escape: () => correct(undefined),
  });

  const point = (event: PointerEvent) => {
    const box = element.current!.getBoundingClientRect();
    const place = stage.current?.placeAt(event.clientX - box.left, event.clientY - box.top);
    const cell = place && scores?.cellAt(place.x, place.y);
    setHover((now) => (now?.row === cell?.row && now?.column === cell?.column ? now : cell));
  };

  return (
    <div class="viewer">
      <div class={brush || labelling ? 'stage painting' : 'stage'} onPointerMove={point} onPointerLeave={() => setHover(undefined)}>
        <div class="osd" ref={element} role="application" aria-label={`Slide ${slide.slide}. Press ? for the keys.`} data-testid="stage" />
        <div class="tools" role="toolbar" aria-label="View">
          <ToolButton label="Zoom in (+)" icon="plus" onClick={() => stage.current?.zoomBy(1.5)} />
          <ToolButton label="Zoom out (-)" icon="minus" onClick={() => stage.current?.zoomBy(1 / 1.5)} />
          <ToolButton label="Whole slide (0)" icon="home" onClick={() => stage.current?.home()} />
          <ToolButton label="Rotate (R)" icon="rotate" onClick={() => stage.current?.rotateBy(90)} />
          <ToolButton label="Copy link to this view" icon="link" onClick={() => void navigator.clipboard.writeText(location.href).then(() => tell('The link to this view is copied.'), () => tell('The browser does not let the page copy. The address bar holds the link.'))} />
          <ToolButton label="Keys (?)" icon="help" onClick={() => setIsHelp(true)} />
        </div>
        <ScaleBar zoom={view?.zoom} umPerPixel={scores?.grid.umPerPixelX} />
        <Readout cell={hover ?? marked} scores={scores} threshold={threshold} />
      </div>
      <Panel
        slide={slide}
        scores={scores}
        regions={regions}
        regionAt={regionAt}
        options={options}
        decision={decision}
        onOptions={change}
        onRegion={goToRegion}
        onCell={goToCell}
        mask={mask && { brush, canUndo: mask.canUndo, onEdit: editMask, onBrush: setBrush, onUndo: undoStroke, onSave: () => void saveMask() }}
        sheet={sheet && { labelling, reviewer, count: sheet.count, canUndo: sheet.canUndo, onLabel: correct, onReviewer: nameReviewer, onUndo: undoLabel }}
        onChanged={onChanged}
      />
      {isHelp && <Help onClose={() => setIsHelp(false)} />}
    </div>
  );
};

const ToolButton = ({ label, icon, onClick }: { label: string; icon: Parameters<typeof Icon>[0]['name']; onClick: () => void }) => (
  <button aria-label={label} title={label} onClick={onClick}><Icon name={icon} /></button>
);

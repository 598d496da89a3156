import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Slide } from '../api/types';
import { Icon } from '../ui/icons';
import { tell } from '../ui/Toasts';
import { colourMaps, type ColourMap } from './colours';
import type { CorrectionSheet } from './corrections';
import { outline, paintHeatmap } from './heatmap';
import { Help } from './Help';
import { brushLayer, cellLayer, heatmapLayer } from './layers';
import { keep, readOptions, readView, type Options } from './options';
import { Panel } from './Panel';
import { Readout } from './Readout';
import { Report } from './Report';
import { ScaleBar } from './ScaleBar';
import { SideStage } from './SideStage';
import type { Mask } from './mask';
import type { Cell, Scores } from './scores';
import { Stage, type Layer, type StageSlide, type View } from './Stage';
import { useKeys } from './useKeys';
import { useOther, useRuns } from './useOther';
import { useReview } from './useReview';
import '../style/viewer.css';

interface ViewerProps {
  slide: Slide;
  stage: StageSlide;
  scores: Scores | undefined;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  onChanged: () => void;
}

const keepDelayMs = 250;
const resizedMs = 150;
const mostUncertain = 20;
const maps = Object.keys(colourMaps) as ColourMap[];

export const Viewer = ({ slide, stage: stageSlide, scores, mask, sheet, onChanged }: ViewerProps) => {
  const decision = scores?.grid.decisionThreshold ?? 0.5;
  const [options, setOptions] = useState<Options>(() => readOptions(decision));
  const [view, setView] = useState<View | undefined>(readView);
  const [hover, setHover] = useState<Cell>();
  const [marked, setMarked] = useState<Cell>();
  const [isHelp, setIsHelp] = useState(false);
  const [regionAt, setRegionAt] = useState(-1);
  const [uncertainAt, setUncertainAt] = useState(-1);
  const element = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage>(undefined);
  const side = useRef<Stage>(undefined);
  const lead = useRef<'first' | 'side'>('first');
  const change = (part: Partial<Options>) => setOptions((now) => ({ ...now, ...part }));
  const review = useReview({ stage, scores, mask, sheet, marked, onMark: setMarked, onChanged });
  const { brush, hand, labelling } = review;
  const runs = useRuns(slide.slideId, slide.result?.run);
  const chosen = useMemo(() => runs.find((run) => run.run === options.other), [runs, options.other]);
  const other = useOther(slide.slideId, chosen);
  const beside = typeof other === 'object' ? other : undefined;

  useEffect(() => {
    stage.current = new Stage(element.current!, stageSlide, readView(), (next) => {
      setView(next);
      // The stage that is moved leads; were the other one to answer, the two would pull at each other.
      if (lead.current === 'first') side.current?.show(next, true);
    });
    return () => stage.current?.destroy();
  }, [stageSlide]);

  useEffect(() => {
    // The stage has another width from now on: what showed the whole slide does so again.
    if (!stage.current?.showsAll) return undefined;
    const timer = setTimeout(() => stage.current?.home(), resizedMs);
    return () => clearTimeout(timer);
  }, [beside !== undefined]);

  useEffect(() => {
    const timer = setTimeout(() => keep(options, view, decision), keepDelayMs);
    return () => clearTimeout(timer);
  }, [options, view, decision]);

  const { threshold, map } = options;
  const picture = useMemo(() => scores && paintHeatmap(scores, map, threshold), [scores, map, threshold]);
  const border = useMemo(() => scores && outline(scores, threshold), [scores, threshold]);
  const regions = useMemo(() => scores?.regions(threshold) ?? [], [scores, threshold]);
  const uncertain = useMemo(() => scores?.leastCertain(threshold, mostUncertain) ?? [], [scores, threshold]);

  useEffect(() => {
    const layers: Layer[] = [];
    if (scores && picture && border && options.heatmap) layers.push(heatmapLayer(scores, picture, border, options.opacity));
    if (mask && options.mask) layers.push(mask.layer);
    if (sheet) layers.push(sheet.layer);
    if (scores && marked) layers.push(cellLayer(scores, marked));
    if (scores && brush && hand) layers.push(brushLayer(hand, brush.radiusUm / scores.grid.umPerPixelX));
    stage.current?.setLayers(layers);
  }, [scores, picture, border, mask, sheet, marked, brush, hand, options, review.version, stageSlide]);

  const goToRegion = (index: number) => {
    const region = regions[index];
    if (!region || !scores) return;
    const { stepX, stepY } = scores.grid;
    setRegionAt(index);
    lead.current = 'first';
    stage.current?.showRectangle(region.left * stepX, region.top * stepY, (region.right - region.left) * stepX, (region.bottom - region.top) * stepY);
  };
  const goToCell = (cell: Cell | undefined) => {
    if (!scores || !cell) return;
    const { stepX, stepY, cellWidth, cellHeight } = scores.grid;
    setMarked(cell);
    lead.current = 'first';
    stage.current?.showRectangle(cell.column * stepX, cell.row * stepY, cellWidth, cellHeight);
  };
  const goToUncertain = (index: number) => {
    setUncertainAt(index);
    goToCell(uncertain[index]);
  };
  const editMask = (on: boolean) => {
    review.edit(on);
    change({ mask: on || options.mask });
  };
  const nudge = (by: number) => change({ threshold: Math.round(Math.min(1, Math.max(0, threshold + by)) * 1000) / 1000 });
  const fade = (by: number) => change({ opacity: Math.round(Math.min(1, Math.max(0, options.opacity + by)) * 100) / 100 });
  const move = (down: number, across: number) => review.move(down, across) || stage.current?.moveBy(across * 0.15, down * 0.15);
  const nextRun = () => {
    const order = [undefined, ...runs.map((run) => run.run)];
    change({ other: order[(order.indexOf(options.other) + 1) % order.length] });
  };
  const first = (run: () => unknown) => () => {
    lead.current = 'first';
    run();
  };

  useKeys({
    '+': first(() => stage.current?.zoomBy(1.5)),
    '=': first(() => stage.current?.zoomBy(1.5)),
    '-': first(() => stage.current?.zoomBy(1 / 1.5)),
    '0': first(() => stage.current?.home()),
    ArrowLeft: first(() => move(0, -1)),
    ArrowRight: first(() => move(0, 1)),
    ArrowUp: first(() => move(-1, 0)),
    ArrowDown: first(() => move(1, 0)),
    r: first(() => stage.current?.rotateBy(90)),
    R: first(() => stage.current?.rotateBy(-90)),
    h: () => change({ heatmap: !options.heatmap }),
    m: () => change({ mask: !options.mask }),
    o: () => fade(-0.1),
    O: () => fade(0.1),
    k: () => change({ map: maps[(maps.indexOf(map) + 1) % maps.length]! }),
    '[': () => nudge(-0.01),
    ']': () => nudge(0.01),
    d: () => change({ threshold: decision }),
    n: () => goToRegion(Math.min(regions.length - 1, regionAt + 1)),
    p: () => goToRegion(Math.max(0, regionAt - 1)),
    l: () => goToUncertain(Math.min(uncertain.length - 1, uncertainAt + 1)),
    L: () => goToUncertain(Math.max(0, uncertainAt - 1)),
    s: nextRun,
    x: () => options.other && change({ beside: options.beside === 'difference' ? 'heatmap' : 'difference' }),
    b: () => mask && editMask(!brush),
    t: () => brush && review.setBrush({ ...brush, isTissue: true }),
    e: () => brush && review.setBrush({ ...brush, isTissue: false }),
    '<': () => review.resize(1 / 1.25),
    '>': () => review.resize(1.25),
    w: () => brush && mask?.canUndo && void review.saveMask(),
    c: () => sheet && review.reviewer && review.correct(labelling ? undefined : 'Idc'),
    1: () => labelling && review.correct('Idc'),
    2: () => labelling && review.correct('NotIdc'),
    3: () => labelling && review.correct('Exclude'),
    4: () => labelling && review.correct('Clear'),
    Enter: brush || labelling ? review.apply : undefined,
    u: review.undo,
    '?': () => setIsHelp(true),
    Escape: () => review.correct(undefined),
  });

  const point = (event: PointerEvent, on: Stage | undefined) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const place = on?.placeAt(event.clientX - box.left, event.clientY - box.top);
    const cell = place && scores?.cellAt(place.x, place.y);
    setHover((now) => (now?.row === cell?.row && now?.column === cell?.column ? now : cell));
  };
  const copyLink = () => void navigator.clipboard.writeText(location.href).then(
    () => tell('The link to this view is copied.'),
    () => tell('The browser does not let the page copy. The address bar holds the link.'),
  );

  return (
    <div class="viewer">
      <div class={beside ? 'stages two' : 'stages'} onPointerLeave={() => setHover(undefined)}>
        <div class={brush || labelling ? 'stage painting' : 'stage'} onPointerMove={(event) => point(event, stage.current)} onPointerEnter={() => { lead.current = 'first'; }}>
          <div class="osd" ref={element} role="application" aria-label={`Slide ${slide.slide}. Press ? for the keys.`} data-testid="stage" />
          <div class="tools" role="toolbar" aria-label="View">
            <ToolButton label="Zoom in (+)" icon="plus" onClick={first(() => stage.current?.zoomBy(1.5))} />
            <ToolButton label="Zoom out (-)" icon="minus" onClick={first(() => stage.current?.zoomBy(1 / 1.5))} />
            <ToolButton label="Whole slide (0)" icon="home" onClick={first(() => stage.current?.home())} />
            <ToolButton label="Rotate (R)" icon="rotate" onClick={first(() => stage.current?.rotateBy(90))} />
            <ToolButton label="Copy link to this view" icon="link" onClick={copyLink} />
            <ToolButton label="Keys (?)" icon="help" onClick={() => setIsHelp(true)} />
          </div>
          <ScaleBar zoom={view?.zoom} umPerPixel={scores?.grid.umPerPixelX} />
          <Readout cell={hover ?? marked} scores={scores} threshold={threshold} other={scores && beside && scores.hasGridOf(beside.scores) ? beside.scores : undefined} />
          {beside && <p class="caption">{slide.result?.model}</p>}
        </div>
        {beside && scores && (
          <SideStage
            slide={stageSlide} view={view} scores={scores} other={beside} options={options} marked={marked} stage={side} onHover={point}
            threshold={threshold === decision ? beside.scores.grid.decisionThreshold : threshold}
            onView={(next) => lead.current === 'side' && stage.current?.show(next, true)}
            onLead={() => { lead.current = 'side'; }}
          />
        )}
      </div>
      <Panel
        slide={slide} scores={scores} regions={regions} regionAt={regionAt} uncertain={uncertain} options={options} decision={decision} runs={runs} other={other}
        review={review} mask={mask} sheet={sheet} onOptions={change} onRegion={goToRegion} onCell={goToCell} onEditMask={editMask} onChanged={onChanged}
      />
      {scores && <Report slide={slide} scores={scores} regions={regions} options={options} decision={decision} sheet={sheet} />}
      {isHelp && <Help onClose={() => setIsHelp(false)} />}
    </div>
  );
};

const ToolButton = ({ label, icon, onClick }: { label: string; icon: Parameters<typeof Icon>[0]['name']; onClick: () => void }) => (
  <button aria-label={label} title={label} onClick={onClick}><Icon name={icon} /></button>
);

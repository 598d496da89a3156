import { useMemo, useState } from 'preact/hooks';
import { slidePath } from '../api/client';
import type { CorrectionLabel, Run, Slide } from '../api/types';
import { actOn } from '../slides/actions';
import { bytes, mm2, moment, percent } from '../ui/format';
import { Icon } from '../ui/icons';
import { colourMaps, gradientOf, type ColourMap } from './colours';
import { Compare } from './Compare';
import { labels, type CorrectionSheet } from './corrections';
import type { Mask } from './mask';
import type { Options } from './options';
import type { Cell, Region, Scores } from './scores';
import type { Other } from './useOther';
import type { Review } from './useReview';

interface PanelProps {
  slide: Slide;
  scores: Scores | undefined;
  regions: Region[];
  regionAt: number;
  uncertain: Cell[];
  options: Options;
  decision: number;
  runs: Run[];
  other: Other | string | undefined;
  review: Review;
  mask: Mask | undefined;
  sheet: CorrectionSheet | undefined;
  onOptions: (part: Partial<Options>) => void;
  onRegion: (index: number) => void;
  onCell: (cell: Cell) => void;
  onEditMask: (on: boolean) => void;
  onChanged: () => void;
}

const listed = 20;

export const Panel = (props: PanelProps) => {
  const { slide, scores, options, runs, other, review, mask, sheet, onOptions, onCell, onEditMask, onChanged } = props;
  return (
    <aside class="panel" aria-label="Result">
      <header>
        <a class="back" href="#/" aria-label="All slides" title="All slides"><Icon name="back" /></a>
        <h1 title={slide.slide}>{slide.slide}</h1>
      </header>
      {scores && <Result {...props} scores={scores} />}
      {scores && <Layers options={options} onOptions={onOptions} hasMask={mask !== undefined} />}
      {scores && runs.length > 0 && <Compare runs={runs} scores={scores} other={other} options={options} onOptions={onOptions} onCell={onCell} />}
      {sheet && <Corrections review={review} sheet={sheet} />}
      {mask && <MaskSection review={review} canUndo={mask.canUndo} onEdit={onEditMask} />}
      {scores && <Findings {...props} scores={scores} />}
      {slide.result && <Files slide={slide} />}
      <Provenance slide={slide} />
      {scores && <section class="acts"><button onClick={() => actOn(slide, 'rescore', onChanged)}><Icon name="retry" /> Score again</button></section>}
      <p class="use">For research use only. The area of predicted IDC does not say whether a patient has cancer.</p>
    </aside>
  );
};

const Result = ({ scores, options, decision, onOptions }: PanelProps & { scores: Scores }) => {
  const { threshold } = options;
  const count = useMemo(() => scores.count(threshold), [scores, threshold]);
  return (
    <section>
      <div class="figures">
        <div><strong data-testid="area">{mm2(count.areaMm2)}</strong><span>mm² predicted IDC</span></div>
        <div><strong>{count.tissueMm2 > 0 ? percent(count.areaMm2 / count.tissueMm2) : '–'}</strong><span>of {mm2(count.tissueMm2)} mm² tissue</span></div>
        <div><strong data-testid="positive">{count.positive}</strong><span>of {count.patches} patches</span></div>
      </div>
      <label class="slider">
        <span>Threshold <b>{threshold.toFixed(3)}</b></span>
        <input type="range" min="0" max="1" step="0.001" value={threshold} onInput={(event) => onOptions({ threshold: event.currentTarget.valueAsNumber })} />
      </label>
      <div class="presets">
        <button onClick={() => onOptions({ threshold: decision })} aria-pressed={threshold === decision}>Model’s {decision.toFixed(3)}</button>
        <button onClick={() => onOptions({ threshold: 0.5 })} aria-pressed={threshold === 0.5}>0.5</button>
      </div>
    </section>
  );
};

const Layers = ({ options, onOptions, hasMask }: { options: Options; onOptions: PanelProps['onOptions']; hasMask: boolean }) => (
  <section>
    <h2>Layers</h2>
    <label class="check"><input type="checkbox" checked={options.heatmap} onChange={(event) => onOptions({ heatmap: event.currentTarget.checked })} /> Heatmap <kbd>h</kbd></label>
    <label class="slider">
      <span>Opacity <b>{Math.round(options.opacity * 100)} %</b></span>
      <input type="range" min="0" max="1" step="0.05" value={options.opacity} disabled={!options.heatmap} onInput={(event) => onOptions({ opacity: event.currentTarget.valueAsNumber })} />
    </label>
    <div class="legend">
      <select aria-label="Colour map" value={options.map} onChange={(event) => onOptions({ map: event.currentTarget.value as ColourMap })}>
        {Object.keys(colourMaps).map((name) => <option value={name} key={name}>{name}</option>)}
      </select>
      <div class="gradient" aria-hidden="true"><div style={{ background: gradientOf(options.map) }} /><span>0</span><span>probability</span><span>1</span></div>
    </div>
    {hasMask && <label class="check"><input type="checkbox" checked={options.mask} onChange={(event) => onOptions({ mask: event.currentTarget.checked })} /> Tissue mask <kbd>m</kbd></label>}
  </section>
);

const Corrections = ({ review, sheet: { count, olderCount, canUndo } }: { review: Review; sheet: CorrectionSheet }) => {
  const { labelling, reviewer, correct } = review;
  const isNamed = Boolean(reviewer.trim());
  return (
    <section>
      <h2>Corrections {count > 0 && <span class="muted">({count})</span>}</h2>
      <label class="field">Reviewer <input value={reviewer} maxLength={100} placeholder="Your name" onInput={(event) => review.nameReviewer(event.currentTarget.value)} /></label>
      <div class="presets">
        {(Object.keys(labels) as CorrectionLabel[]).map((label) => (
          <button key={label} aria-pressed={labelling === label} disabled={!isNamed} onClick={() => correct(labelling === label ? undefined : label)}>
            <span class="swatch" style={{ background: labels[label].colour }} aria-hidden="true" />{labels[label].text}
          </button>
        ))}
        <button aria-pressed={labelling === 'Clear'} disabled={!isNamed} onClick={() => correct(labelling === 'Clear' ? undefined : 'Clear')}>Clear</button>
        <button disabled={!canUndo} onClick={review.undoLabel}><Icon name="undo" /> Undo</button>
      </div>
      <p class="muted">{labelling ? 'Click a patch, or drag over several; or arrows and Enter. Each change is kept at once.' : 'Choose a label, then mark patches. The model’s result stays as it is.'}</p>
      {olderCount > 0 && <p class="muted">{olderCount} more {olderCount === 1 ? 'is' : 'are'} kept that {olderCount === 1 ? 'was' : 'were'} made on other content of this slide, or on another grid.</p>}
    </section>
  );
};

const MaskSection = ({ review, canUndo, onEdit }: { review: Review; canUndo: boolean; onEdit: (on: boolean) => void }) => {
  const { brush, setBrush } = review;
  return (
    <section>
      {!brush ? <button onClick={() => onEdit(true)}><Icon name="brush" /> Edit tissue mask</button> : (
        <>
          <h2>Tissue mask</h2>
          <div class="presets">
            <button aria-pressed={brush.isTissue} onClick={() => setBrush({ ...brush, isTissue: true })}>Tissue</button>
            <button aria-pressed={!brush.isTissue} onClick={() => setBrush({ ...brush, isTissue: false })}>Erase</button>
            <button onClick={review.undoStroke} disabled={!canUndo}><Icon name="undo" /> Undo</button>
          </div>
          <label class="slider">
            <span>Brush <b>{2 * brush.radiusUm} µm</b></span>
            <input type="range" min="50" max="2000" step="25" value={brush.radiusUm} onInput={(event) => setBrush({ ...brush, radiusUm: event.currentTarget.valueAsNumber })} />
          </label>
          <div class="presets">
            <button class="primary" onClick={() => void review.saveMask()} disabled={!canUndo}>Keep and score again</button>
            <button class="quiet" onClick={() => onEdit(false)}>Done</button>
          </div>
        </>
      )}
    </section>
  );
};

const Findings = ({ scores, regions, regionAt, uncertain, onRegion, onCell }: PanelProps & { scores: Scores }) => {
  const [tab, setTab] = useState<'regions' | 'uncertain'>('regions');
  return (
    <section>
      <div class="tabs" role="group" aria-label="Findings">
        <button aria-pressed={tab === 'regions'} onClick={() => setTab('regions')}>Regions ({regions.length})</button>
        <button aria-pressed={tab === 'uncertain'} onClick={() => setTab('uncertain')}>Least certain</button>
      </div>
      <ol class="finds">
        {tab === 'regions'
          ? regions.slice(0, listed).map((region, index) => (
            <li key={`${region.left}-${region.top}`}>
              <button class="quiet" aria-current={regionAt === index ? 'true' : undefined} onClick={() => onRegion(index)}><span>{index + 1}</span> <strong>{mm2(region.areaMm2)} mm²</strong> <span class="muted">{region.cells} {region.cells === 1 ? 'patch' : 'patches'}, max {region.highest.toFixed(2)}</span></button>
            </li>
          ))
          : uncertain.map((cell, index) => (
            <li key={`${cell.row}-${cell.column}`}>
              <button class="quiet" onClick={() => onCell(cell)}><span>{index + 1}</span> <strong>{scores.at(cell).toFixed(3)}</strong> <span class="muted">row {cell.row}, column {cell.column}</span></button>
            </li>
          ))}
      </ol>
      {tab === 'regions' && regions.length === 0 && <p class="muted">No patch reaches the threshold.</p>}
    </section>
  );
};

const files = [['patches.csv', 'CSV'], ['patches.geojson', 'GeoJSON for QuPath'], ['heatmap.png', 'Heatmap'], ['mask.png', 'Mask'], ['run.json', 'Run']] as const;

const Files = ({ slide }: { slide: Slide }) => (
  <section>
    <h2>Files</h2>
    <p class="files">{files.map(([file, label]) => <a key={file} href={slidePath(slide.slideId, `/exports/${file}`)} download={`${slide.slideId}-${file}`}>{label}</a>)}</p>
    <button class="print" onClick={() => print()}>Print a report of this view</button>
  </section>
);

const Provenance = ({ slide }: { slide: Slide }) => {
  const { result } = slide;
  const uncertain = result?.summary.uncertainPatches;
  const facts: [string, string | undefined][] = [
    ['Model', slide.model ?? undefined],
    ['Provider', slide.provider ?? undefined],
    ['Size', result ? `${result.properties.width} × ${result.properties.height} px` : undefined],
    ['Resolution', result ? `${result.properties.spacingX.toPrecision(4)} µm/px (${result.properties.spacingSource})` : undefined],
    ['Format', result?.properties.format],
    ['Read', slide.bytesRead != null && slide.slideBytes ? `${bytes(slide.bytesRead)} of ${bytes(slide.slideBytes)} in ${slide.gets} requests` : undefined],
    ['Cells', result ? `${result.summary.patches} scored, ${result.summary.noTissueCells} without tissue, ${result.summary.excludedCells} excluded` : undefined],
    ['Uncertain', result && uncertain != null ? `${uncertain} patches between 0.2 and 0.8` : undefined],
    ['Time', result ? `${result.seconds.total.toFixed(1)} s after the upload` : undefined],
    ['Completed', result ? moment(result.completed) : undefined],
    ['Run', result?.run],
  ];
  return (
    <details>
      <summary>Provenance</summary>
      <dl class="facts">{facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </details>
  );
};

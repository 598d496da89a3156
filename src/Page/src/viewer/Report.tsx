import type { Slide } from '../api/types';
import { mm2, moment, percent } from '../ui/format';
import { gradientOf } from './colours';
import type { CorrectionSheet } from './corrections';
import { labels } from './corrections';
import type { Options } from './options';
import type { Region, Scores } from './scores';

interface ReportProps {
  slide: Slide;
  scores: Scores;
  regions: Region[];
  options: Options;
  decision: number;
  sheet: CorrectionSheet | undefined;
}

const listed = 10;

/** What is printed below the view: the result as it is shown, and where it comes from. The screen does not show it. */
export const Report = ({ slide, scores, regions, options, decision, sheet }: ReportProps) => {
  const { result } = slide;
  const count = scores.count(options.threshold);
  const corrected = sheet?.counts();
  const facts: [string, string | undefined][] = [
    ['Threshold', `${options.threshold.toFixed(3)}${options.threshold === decision ? ', the model’s' : `; the model’s is ${decision.toFixed(3)}`}`],
    ['Regions', `${regions.length}${regions[0] ? `, the largest ${mm2(regions[0].areaMm2)} mm²` : ''}`],
    ['Model', slide.model ?? undefined],
    ['Run', result ? `${result.run}, ${moment(result.completed)}` : undefined],
    ['Slide', result ? `${result.properties.width} × ${result.properties.height} px at ${result.properties.spacingX.toPrecision(4)} µm/px` : undefined],
    ['Cells', result ? `${result.summary.patches} scored, ${result.summary.noTissueCells} without tissue, ${result.summary.excludedCells} excluded` : undefined],
    ['Corrections', corrected && corrected.size > 0 ? [...corrected].map(([label, number]) => `${number} ${labels[label].text}`).join(', ') : 'none'],
    ['Stain', slide.stainWarning ?? undefined],
  ];
  return (
    <section class="report" aria-hidden="true">
      <header><h1>{slide.slide}</h1><span>IdcFunctions</span></header>
      <div class="figures">
        <div><strong>{mm2(count.areaMm2)}</strong><span>mm² predicted IDC</span></div>
        <div><strong>{count.tissueMm2 > 0 ? percent(count.areaMm2 / count.tissueMm2) : '–'}</strong><span>of {mm2(count.tissueMm2)} mm² tissue</span></div>
        <div><strong>{count.positive}</strong><span>of {count.patches} patches</span></div>
        <div class="gradient"><div style={{ background: gradientOf(options.map) }} /><span>0</span><span>probability</span><span>1</span></div>
      </div>
      <div class="halves">
        <dl class="facts">{facts.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        <ol>{regions.slice(0, listed).map((region) => <li key={`${region.left}-${region.top}`}>{mm2(region.areaMm2)} mm², {region.cells} {region.cells === 1 ? 'patch' : 'patches'}, at most {region.highest.toFixed(2)}</li>)}</ol>
      </div>
      <p>For research use only; not a medical device. The area of predicted IDC does not say whether a patient has cancer.</p>
    </section>
  );
};

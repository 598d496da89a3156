import type { Dataset, Intake } from '../api/types';
import { bytes, moment, percent } from '../ui/format';
import { count } from './runs';

const shown = 8;

/** What is in a data set, and what was left out and why. */
export const IntakeView = ({ dataset }: { dataset: Dataset }) => (
  <div class="intake" data-testid="intake">
    <p class="muted">
      {count(dataset.files)} {dataset.files === 1 ? 'file' : 'files'}, {bytes(dataset.bytes)}, changed {moment(dataset.changedAt)}
      {dataset.takenAt && <>; taken in {moment(dataset.takenAt)}</>}
    </p>
    {dataset.report && <ReportView report={dataset.report} />}
    {!dataset.isTakenIn && <p class="note">{dataset.report ? 'Its files have changed since this report.' : 'It has not been taken in yet, so there is no report.'}</p>}
  </div>
);

const ReportView = ({ report }: { report: Intake }) => {
  const left: [string, string[]][] = [
    ['not 50 × 50 px', report.oddSizes],
    ['with other names', report.otherNames],
    ['that can’t be read', report.corrupt],
    ['cases with no patch', report.emptyCases],
    ['near-duplicates across cases', report.nearDuplicates.map(({ first, second }) => `case ${first.case} at ${first.x},${first.y} and case ${second.case} at ${second.x},${second.y}`)],
    ['corrected cases, only trained on', report.correctedCases],
  ];
  return (
    <>
      <dl class="figures">
        <div><dt>cases</dt><dd>{count(report.cases)}</dd></div>
        <div><dt>patches</dt><dd>{count(report.patches)}</dd></div>
        <div><dt>IDC</dt><dd>{percent(report.idcPatches / report.patches)}</dd></div>
        <div><dt>doubled</dt><dd>{count(report.duplicates)}</dd></div>
      </dl>
      {left.filter(([, names]) => names.length > 0).map(([what, names]) => (
        <details key={what}>
          <summary>{count(names.length)} {what}</summary>
          <ul>
            {names.slice(0, shown).map((name) => <li key={name}><code>{name}</code></li>)}
            {names.length > shown && <li class="muted">and {count(names.length - shown)} more</li>}
          </ul>
        </details>
      ))}
    </>
  );
};

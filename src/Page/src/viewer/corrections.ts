import { Problem, send, slidePath } from '../api/client';
import type { CorrectionLabel, Corrections } from '../api/types';
import type { Grid } from '../api/types';
import type { Layer } from './Stage';
import type { Cell } from './scores';

/** Colours that differ for any colour vision, each with a sign of its own. */
export const labels: Record<CorrectionLabel, { text: string; colour: string; sign: string }> = {
  Idc: { text: 'IDC', colour: '#d55e00', sign: '+' },
  NotIdc: { text: 'Not IDC', colour: '#0072b2', sign: '−' },
  Exclude: { text: 'Exclude', colour: '#555555', sign: '×' },
};

type Labelled = Cell & { label: CorrectionLabel };
type Labels = ReadonlyMap<string, Labelled>;

const mostUndo = 100;
const mostTries = 10;
const keyOf = ({ row, column }: Cell): string => `${row},${column}`;
const labelsOf = ({ items }: Corrections): Map<string, Labelled> => new Map(items.map(({ row, column, label }) => [keyOf({ row, column }), { row, column, label }]));

/** What makes one of the other: each patch whose label differs, with the label it is to have. */
const changes = (from: Labels, to: Labels): Map<string, Labelled | undefined> =>
  new Map([...new Set([...from.keys(), ...to.keys()])].filter((key) => from.get(key)?.label !== to.get(key)?.label).map((key) => [key, to.get(key)]));

/** A reviewer's labels of a slide's patches, beside the model's result. */
export class CorrectionSheet {
  private labelled = new Map<string, Labelled>();
  /** The labels as the app last told them, and the ETag of that answer. */
  private known: Labels = new Map();
  private etag = '';
  private older = 0;
  /** Of each step, the labels that its patches had before. */
  private readonly undone: Map<string, Labelled | undefined>[] = [];
  private saving: Promise<void> = Promise.resolve();

  private constructor(private readonly slideId: string, private readonly grid: Grid, private readonly content: string | null) {}

  /** The labels on a grid; undefined where another run was published since the grid was read. */
  static async load(slideId: string, grid: Grid, signal: AbortSignal): Promise<CorrectionSheet | undefined> {
    const answer = await send(slidePath(slideId, '/corrections'), { signal });
    const corrections = (await answer.json()) as Corrections;
    if (corrections.run !== grid.run) return undefined;
    const sheet = new CorrectionSheet(slideId, grid, corrections.content);
    sheet.adopt(answer, corrections, new Map());
    return sheet;
  }

  get count(): number {
    return this.labelled.size;
  }

  /** How many labels are kept that were made on other content of the slide, or on another grid. */
  get olderCount(): number {
    return this.older;
  }

  /** How many patches have each label. */
  counts(): Map<CorrectionLabel, number> {
    const counts = new Map<CorrectionLabel, number>();
    for (const { label } of this.labelled.values()) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  get canUndo(): boolean {
    return this.undone.length > 0;
  }

  labelOf(cell: Cell): CorrectionLabel | undefined {
    return this.labelled.get(keyOf(cell))?.label;
  }

  readonly layer: Layer = (context, scale) => {
    const { stepX, stepY, cellWidth, cellHeight } = this.grid;
    context.lineWidth = 2.5 / scale;
    context.font = `bold ${cellHeight * 0.5}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { row, column, label } of this.labelled.values()) {
      const { colour, sign } = labels[label];
      context.strokeStyle = colour;
      context.fillStyle = colour;
      context.globalAlpha = 0.25;
      context.fillRect(column * stepX, row * stepY, cellWidth, cellHeight);
      context.globalAlpha = 1;
      context.strokeRect(column * stepX, row * stepY, cellWidth, cellHeight);
      if (cellHeight * scale > 14) context.fillText(sign, column * stepX + cellWidth / 2, row * stepY + cellHeight / 2);
    }
  };

  begin(): void {
    this.undone.push(new Map());
    if (this.undone.length > mostUndo) this.undone.shift();
  }

  set({ row, column }: Cell, label: CorrectionLabel | undefined): void {
    const key = keyOf({ row, column });
    const step = this.undone.at(-1);
    if (step && !step.has(key)) step.set(key, this.labelled.get(key));
    this.put(key, label && { row, column, label });
  }

  undo(): void {
    for (const [key, before] of this.undone.pop() ?? []) this.put(key, before);
  }

  /** Keeps the labels as they are now; what is kept meanwhile is kept in its turn. */
  save(by: string): Promise<void> {
    const kept = this.saving.then(() => this.keep(by));
    this.saving = kept.catch(() => undefined);
    return kept;
  }

  /** Sends what was changed here. Where others changed labels meanwhile, theirs are read first and stay, but for the patches labelled here. */
  private async keep(by: string): Promise<void> {
    for (let tries = 1; changes(this.known, this.labelled).size > 0; tries++) {
      const sent = new Map(this.labelled);
      try {
        const answer = await send(slidePath(this.slideId, '/corrections'), {
          method: 'PUT',
          body: JSON.stringify({ by, items: [...sent.values()] }),
          headers: { 'Content-Type': 'application/json', 'If-Match': this.etag },
        });
        const corrections = (await answer.json()) as Corrections;
        if (corrections.content === this.content) this.adopt(answer, corrections, sent);
        return;
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 412 || tries === mostTries) throw error;
        const answer = await send(slidePath(this.slideId, '/corrections'));
        const corrections = (await answer.json()) as Corrections;
        if (corrections.content !== this.content) throw new Error('The slide has other content now, or its result another grid: the last labels are not kept. Look at the new result and label it.');
        this.adopt(answer, corrections, this.known);
      }
    }
  }

  /** Takes the labels that the app tells; what was changed since `from` is changed in them too. */
  private adopt(answer: Response, corrections: Corrections, from: Labels): void {
    const own = changes(from, this.labelled);
    this.known = labelsOf(corrections);
    this.etag = answer.headers.get('ETag') ?? '';
    this.older = corrections.older;
    this.labelled = new Map(this.known);
    for (const [key, label] of own) this.put(key, label);
  }

  private put(key: string, label: Labelled | undefined): void {
    if (label) this.labelled.set(key, label);
    else this.labelled.delete(key);
  }
}

import { getJson, send, slidePath } from '../api/client';
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

const mostUndo = 100;
const keyOf = ({ row, column }: Cell): string => `${row},${column}`;

/** A reviewer's labels of a slide's patches, beside the model's result. */
export class CorrectionSheet {
  private labelled = new Map<string, Cell & { label: CorrectionLabel }>();
  private readonly undone: (typeof this.labelled)[] = [];
  private saving: Promise<void> = Promise.resolve();

  private constructor(private readonly slideId: string, private readonly grid: Grid, corrections: Corrections) {
    for (const { row, column, label } of corrections.items) this.labelled.set(keyOf({ row, column }), { row, column, label });
  }

  static async load(slideId: string, grid: Grid, signal: AbortSignal): Promise<CorrectionSheet> {
    return new CorrectionSheet(slideId, grid, await getJson<Corrections>(slidePath(slideId, '/corrections'), signal));
  }

  get count(): number {
    return this.labelled.size;
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
    this.undone.push(new Map(this.labelled));
    if (this.undone.length > mostUndo) this.undone.shift();
  }

  set({ row, column }: Cell, label: CorrectionLabel | undefined): void {
    if (label) this.labelled.set(keyOf({ row, column }), { row, column, label });
    else this.labelled.delete(keyOf({ row, column }));
  }

  undo(): void {
    this.labelled = this.undone.pop() ?? this.labelled;
  }

  /** Keeps the labels as they are now; what is kept meanwhile is kept in its turn. */
  save(by: string): Promise<void> {
    const body = JSON.stringify({ by, items: [...this.labelled.values()] });
    const kept = this.saving.then(async () => void (await send(slidePath(this.slideId, '/corrections'), { method: 'PUT', body, headers: { 'Content-Type': 'application/json' } })));
    this.saving = kept.catch(() => undefined);
    return kept;
  }
}

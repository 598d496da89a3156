/** `evaluation.json` of a training, as far as it is shown. */
export interface Evaluation {
  threshold: number;
  calibration: { temperature: number; bias: number };
  at_threshold: Interval;
  at_half: Interval;
  curve: { threshold: number; sensitivity: number; false_positive_rate: number; precision: number }[];
  reliability: Bin[];
  uncalibrated_reliability: Bin[];
  cases: { case: string; patches: number; accuracy: number; balanced_accuracy: number | null; idc_mm2: number; predicted_idc_mm2: number }[];
}

interface Bin {
  patches: number;
  mean_probability: number;
  idc_share: number;
}

export type Figures = Record<'accuracy' | 'balanced_accuracy' | 'precision' | 'recall' | 'f1' | 'auc' | 'pr_auc' | 'brier' | 'ece', number>;

interface Interval {
  point: Figures;
  low: Figures;
  high: Figures;
}

/** A validation patch and what the model says of it. */
export interface Prediction {
  isIdc: boolean;
  probability: number;
}

export interface Confusion {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/** `case,x,y,label,prob_IDC` below a line of names. */
export const parsePredictions = (csv: string): Prediction[] =>
  csv.trim().split('\n').slice(1).map((row) => {
    const fields = row.split(',');
    return { isIdc: fields.at(-2) === '1', probability: Number(fields.at(-1)) };
  });

export const confusionOf = (predictions: Prediction[], threshold: number): Confusion => {
  const counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  for (const { isIdc, probability } of predictions) {
    if (isIdc) probability >= threshold ? counts.truePositives++ : counts.falseNegatives++;
    else probability >= threshold ? counts.falsePositives++ : counts.trueNegatives++;
  }

  return counts;
};

import type { components } from './schema';

export type Schemas = components['schemas'];
export type Slide = Schemas['SlideAnswer'];
export type SlidePage = Schemas['PageOfSlideAnswer'];
export type Grid = Schemas['GridAnswer'];
export type UploadAddress = Schemas['UploadAnswer'];
export type Prediction = Schemas['PredictionAnswer'];
export type Corrections = Schemas['CorrectionsAnswer'];
export type CorrectionLabel = Schemas['CorrectionLabel'];

/// <reference lib="webworker" />
/** What is worked out of a sweep's trials and takes too long for the page: 300 trials of ten settings took it 70 to 130 ms. */
import { importanceOf } from '../src/sweep/importance/importance.ts';
import type { SweepWorkerApi } from './contract.ts';
import { serve } from './serve.ts';

serve<SweepWorkerApi>({
  importance: ({ points, kinds, scores, seed }) => importanceOf(points, kinds, scores, seed),
});

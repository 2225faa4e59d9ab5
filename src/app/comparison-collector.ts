import type { ComparisonBatch } from '../forecast/comparison/compare-layer.ts';
import type { ComparisonPoint, ComparisonResult, ComparisonSettings } from '../forecast/comparison/types.ts';
import type { CompareOptions } from './comparisons.ts';

/** The page hears of what came this often. */
const tellEveryMs = 250;

/** Gathers what the workers of a comparison send, and tells it a few times a second. */
export class ComparisonCollector {
  readonly #settings: ComparisonSettings;
  readonly #total: number;
  readonly #options: Pick<CompareOptions, 'onProgress' | 'onResult'>;
  readonly #batches = new Map<number, ComparisonBatch[]>();
  readonly #trained: ComparisonPoint[] = [];
  #trainedOrigins = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param total origins of all layers; those that a contender is trained at count once more */
  constructor(settings: ComparisonSettings, total: number, options: Pick<CompareOptions, 'onProgress' | 'onResult'>) {
    this.#settings = settings;
    this.#total = total;
    this.#options = options;
    this.#tellProgress();
  }

  /** A layer is begun, or begun anew: what came of it is forgotten. */
  begin(layer: number): void {
    this.#batches.set(layer, []);
  }

  add(layer: number, batch: ComparisonBatch): void {
    this.#batches.get(layer)?.push(batch);
    this.#tellSoon();
  }

  addTrained(points: readonly ComparisonPoint[], origins: number): void {
    this.#trained.push(...points);
    this.#trainedOrigins += origins;
    this.#tellSoon();
  }

  result(): ComparisonResult {
    const batches = [...this.#batches.values()].flat();
    return {
      settings: this.#settings,
      points: [...batches.flatMap(({ points }) => points), ...this.#trained],
      references: batches.flatMap(({ references }) => references),
    };
  }

  /** Tells what came since it was last told, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tellProgress();
    this.#options.onResult(this.result());
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), tellEveryMs);
  }

  #tellProgress(): void {
    const compared = [...this.#batches.values()].reduce((sum, { length }) => sum + length, 0);
    this.#options.onProgress?.({ done: compared + this.#trainedOrigins, total: this.#total, unit: 'origins', label: 'comparing' });
  }
}

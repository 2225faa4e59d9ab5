/** How far a long piece of work is. */
export interface Progress {
  /** Work done, in the unit that `unit` names. */
  readonly done: number;
  /** All work, in the same unit; undefined when it cannot be known. */
  readonly total?: number;
  readonly unit: 'bytes' | 'loads' | 'steps' | 'iterations' | 'models' | 'origins' | 'trials';
  /** What is being done now, in a few words: "reading long.csv", "training". */
  readonly label: string;
}

export type OnProgress = (progress: Progress) => void;

export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

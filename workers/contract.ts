/**
 * The typed API of every worker. Both sides import it; the page knows nothing else of the workers.
 * All spans of steps are half open: `fromStep` is in, `toStep` is not. Steps are training steps, never rows.
 */
import type { Progress } from '../src/progress.ts';
import type { BinnedHistory, LayerBlock, TraceInfo } from '../src/trace/info.ts';
import type { Mapping } from '../src/trace/read/reader.ts';
import type { BankHistory } from '../src/forecast/bank-history.ts';
import type { ComparisonBatch } from '../src/forecast/comparison/compare-layer.ts';
import type { GivenForecast } from '../src/forecast/comparison/judge.ts';
import type { ComparisonPoint, ComparisonSettings } from '../src/forecast/comparison/types.ts';
import type { ParameterValues } from '../src/forecast/contract.ts';
import type { LstmSettings } from '../src/forecast/lstm.ts';
import type { BandRequest, ForecastBand, ForecastPicture, ForecastRequest, Scores } from '../src/forecast/picture-types.ts';
import type { HeatmapPicture, HeatmapRequest, ImbalanceRequest, LinesPicture, LinesRequest } from '../src/trace/pictures/pictures-types.ts';
import type { CoordinateKind, ImportanceResult, Point } from '../src/sweep/importance/types.ts';
import type { ForecastAt, Judging } from '../src/sweep/score.ts';
import type { ErrorCurves } from '../src/states/error-curve.ts';
import type { StatesPicture, StatesSettings } from '../src/states/types.ts';
import type { TraceFormatName } from '../src/trace/write/formats.ts';

export type { BandRequest, ForecastBand, ForecastPicture, ForecastRequest, Scores } from '../src/forecast/picture-types.ts';
export type {
  HeatmapPicture, HeatmapRequest, ImbalanceMeasure, ImbalanceRequest, LinesPicture, LinesRequest, StepSpan,
} from '../src/trace/pictures/pictures-types.ts';
export type { BinnedHistory, HealthCheck, LayerBlock, LayerInfo, TraceInfo } from '../src/trace/info.ts';
export type { LayerStates, StatesPicture, StatesSettings } from '../src/states/types.ts';

/** One method of a worker: what it takes, what it gives, what it reports meanwhile. */
export interface Method<Request, Response, Report = Progress> {
  readonly request: Request;
  readonly response: Response;
  readonly progress: Report;
}

// ---------------------------------------------------------------- trace.worker

/** Where a trace comes from. */
export type TraceOrigin =
  | { readonly kind: 'sample'; readonly id: string; /** address of the packed file, same origin */ readonly url: string }
  /** Named by their paths where they come from a folder. */
  | { readonly kind: 'files'; readonly files: readonly File[]; /** of the trace, where it is read from several of them */ readonly name: string }
  /** Kept earlier in the origin-private file system under its fingerprint. */
  | { readonly kind: 'stored'; readonly fingerprint: string };

export interface OpenRequest {
  readonly origin: TraceOrigin;
  readonly mapping?: Mapping;
}

export interface StoredTrace {
  readonly fingerprint: string;
  readonly name: string;
  readonly byteLength: number;
  /** When it was last opened, milliseconds since 1970. */
  readonly openedAt: number;
}

export interface TraceWorkerApi {
  /** Reads a trace and makes it the open one. On any failure the trace that was open stays. */
  open: Method<OpenRequest, TraceInfo>;
  heatmap: Method<HeatmapRequest, HeatmapPicture>;
  lines: Method<LinesRequest, LinesPicture>;
  imbalance: Method<ImbalanceRequest, LinesPicture>;
  states: Method<StatesSettings & { readonly columns: number }, StatesPicture>;
  /** Forecast errors of the sliding average all along every layer. */
  errorCurves: Method<Record<string, never>, ErrorCurves>;
  layerBlock: Method<{ readonly layer: number }, LayerBlock>;
  binnedHistories: Method<
    { readonly layers: readonly number[]; readonly originStep: number; readonly grainSteps: number },
    readonly BinnedHistory[]
  >;
  /** The open trace as a file. */
  write: Method<{ readonly format: TraceFormatName }, Blob>;
  /** Keeps the open trace in the origin-private file system. Rejects with `storage-full` when there is no room. */
  keep: Method<Record<string, never>, StoredTrace>;
  /** The latest opened first. */
  kept: Method<Record<string, never>, readonly StoredTrace[]>;
  forget: Method<{ readonly fingerprint: string }, null>;
}

// ------------------------------------------------------------- forecast.worker

export interface ForecastWorkerApi {
  /** Gives the worker a layer; later requests name it by fingerprint and layer. */
  loadLayer: Method<LayerBlock, null>;
  /** Rejects with `bad-setting` and where "layer" when the layer, or another one that the request names, was not loaded. */
  forecast: Method<ForecastRequest, ForecastPicture>;
  /** The band of a forecast, where it takes too long to come with the picture. Rejects as `forecast` does. */
  band: Method<BandRequest, ForecastBand>;
  /** Compares all contenders that need no training on one layer; each origin is a report. Rejects as `forecast` does. */
  compareLayer: Method<CompareLayerRequest, null, ComparisonBatch>;
  /** What the bank forecast of a layer before an origin, for what is trained on it. Rejects as `forecast` does. */
  bankHistory: Method<BankHistoryRequest, BankHistory>;
  /** Judges forecasts of one contender and layer that were made elsewhere. Rejects as `forecast` does. */
  judgeGiven: Method<JudgeGivenRequest, readonly ComparisonPoint[]>;
  /** Scores of a layer's forecasts that were made elsewhere, in their order; null where the trace holds nothing of the horizon. Rejects as `forecast` does. */
  scoreForecasts: Method<Judging & { readonly fingerprint: string; readonly layer: number; readonly forecasts: readonly ForecastAt[] }, readonly (Scores | null)[]>;
  /** Fits a forecaster that needs no training at every origin; the same of its forecasts. Rejects as `forecast` does. */
  scoreForecaster: Method<ScoreForecasterRequest, readonly (Scores | null)[]>;
  /** What even a perfect forecast would err by at each origin. Rejects as `forecast` does. */
  noiseFloors: Method<Judging & { readonly fingerprint: string; readonly layer: number; readonly origins: readonly number[] }, readonly (Scores | null)[]>;
}

export interface ScoreForecasterRequest extends Judging {
  readonly fingerprint: string;
  readonly layer: number;
  /** Layers that it may learn from beside it. */
  readonly others: readonly number[];
  readonly forecaster: string;
  readonly values: ParameterValues;
  readonly origins: readonly number[];
}

export interface CompareLayerRequest {
  readonly fingerprint: string;
  readonly layer: number;
  /** Layers that contenders may learn from beside it. */
  readonly others: readonly number[];
  readonly settings: ComparisonSettings;
}

export interface BankHistoryRequest {
  readonly fingerprint: string;
  readonly layer: number;
  /** Layers that the bank may learn from beside it. */
  readonly others: readonly number[];
  readonly originStep: number;
  /** Wanted, steps. */
  readonly horizons: readonly number[];
}

export interface JudgeGivenRequest {
  readonly fingerprint: string;
  readonly layer: number;
  /** Place among the contenders. */
  readonly contender: number;
  readonly settings: ComparisonSettings;
  /** Origins in ascending order; those before `fromOriginStep` were judged already and serve the intervals alone. */
  readonly given: readonly GivenForecast[];
  readonly fromOriginStep: number;
}

// ---------------------------------------------------------------- sweep.worker

/** Trials of one branch of a search space; see `importanceOf`. */
export interface ImportanceRequest {
  /** Coordinates by trial. */
  readonly points: readonly Point[];
  readonly kinds: readonly CoordinateKind[];
  /** By trial, lower is better. */
  readonly scores: readonly number[];
  readonly seed: number;
}

export interface SweepWorkerApi {
  /** Which settings matter. */
  importance: Method<ImportanceRequest, ImportanceResult>;
}

// ------------------------------------------------------------------ gpu.worker

export type BackendName = 'webgpu' | 'wasm' | 'cpu';

export interface DeviceInfo {
  readonly backend: BackendName;
  /** What trains there: fused kernels on the GPU, SIMD kernels in WebAssembly, or plain TensorFlow.js on the CPU. */
  readonly engine: 'fused' | 'simd' | 'reference';
  /** Which build, or which ways to cut a launch, of its kernels an engine has run so far, in words; undefined where there is no choice. */
  readonly variant?: string;
  /** "NVIDIA H100", "SwiftShader (software)"; undefined without an adapter. */
  readonly adapter?: string;
  /** Whether the adapter is software. */
  readonly fallbackAdapter: boolean;
  /** Why training does not run on WebGPU, and what to do about it; undefined when it does. */
  readonly why?: string;
  readonly remedy?: string;
  /** Of the backend in use. One whose check fails is not used, and `why` says so. */
  readonly selfCheck: {
    readonly state: 'passed' | 'failed' | 'not-needed';
    /** Largest relative difference (L2) of losses, moments, weights or forecasts between this device and plain TensorFlow.js. */
    readonly relativeError?: number;
    readonly elapsedMs: number;
  };
}

/** One model to train. Models of one request are independent. */
export interface ModelSpec {
  readonly settings: LstmSettings;
  readonly seed: number;
  /** Layers (trace indices) that this model learns from and forecasts. */
  readonly layers: readonly number[];
  /** Needed where the request has histories of several origins. */
  readonly originStep?: number;
  /** The request's where it is missing. */
  readonly horizonSteps?: number;
  /**
   * Iterations of the search, at least 0, after which it pauses; rounded up to the next validation. The model then takes
   * no further steps and ends as `paused`, with forecasts of its best weights so far. From its checkpoint it goes on as if
   * it had never paused: to the last bit, as long as the GPU's launch is cut as before, which may change with the number
   * of models in it. A search that is over by then ends, and finishes, as it does without.
   */
  readonly pauseAt?: number;
}

/** name → shape and values */
export type NamedWeights = Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;

/**
 * Everything that is needed to go on after a lost device, or to forecast again. Numbers only.
 * Training searches while the newest steps validate, then finishes the best weights on them as well
 * (`lstm/schedule.ts`); in the checkpoint of a trained model `bestWeights` are the finished ones.
 */
export interface Checkpoint {
  readonly version: 2;
  /** Which model of the request, from 0. */
  readonly model: number;
  readonly iteration: number;
  readonly weights: NamedWeights;
  readonly bestWeights: NamedWeights;
  /** Infinity before the first validation. */
  readonly bestLoss: number;
  readonly bestIteration: number;
  /** What plateaus have left of the learning rate, 1 at first, and the iteration of the last cut. */
  readonly rateScale: number;
  readonly cutAt: number;
  /** The numbers broke and training ended: `weights` are then the best ones, and the moments zero. */
  readonly diverged: boolean;
  /** Adam's first and second moments by weight name. */
  readonly moments: Readonly<Record<string, { readonly first: Float32Array; readonly second: Float32Array }>>;
  readonly losses: readonly LossPoint[];
}

/** Mean losses, of the batches since the last point and of the newest steps, which are not yet trained on. */
export interface LossPoint {
  /** 0: the untrained weights, which for the pooled form are the base forecast. */
  readonly iteration: number;
  /** NaN at iteration 0. */
  readonly train: number;
  readonly validation: number;
  /** `validation` by layer of the model's `layers`; empty where one sample holds several layers. */
  readonly parts: readonly number[];
}

export interface LayerForecast {
  readonly layer: number;
  readonly blocks: number;
  /** `[blocks][experts]`, on the simplex */
  readonly mean: Float64Array;
}

/** Forms on the bank may forecast several horizons. */
export interface HorizonForecast extends LayerForecast {
  readonly horizonSteps: number;
}

/** How one model of the request stands. */
export interface ModelReport {
  /** Which model of the request, from 0. */
  readonly model: number;
  readonly iteration: number;
  /** Points of the search from number `firstPoint` on: those that no report told of before. */
  readonly losses: readonly LossPoint[];
  readonly firstPoint: number;
  /** Forecasts of the best weights so far: what is kept when the person cancels. None before the end where the request asks for final ones only. */
  readonly forecasts: readonly HorizonForecast[];
  /** null while it trains, and until its last forecasts and its checkpoint are there. */
  readonly ended: TrainedModel['ended'] | null;
}

/** All models of a request; `done` and `total` count the iterations of all of them. */
export interface TrainReport extends Progress {
  /** Training steps of one model a second: all models go forward together. */
  readonly stepsPerSecond: number;
  /** In the order of the request. */
  readonly models: readonly ModelReport[];
  /** To go on from: of all models that train, every few seconds, and of each one that has ended, once; those of the last report are in the answer. */
  readonly checkpoints: readonly Checkpoint[];
}

/** How the course of a model comes to its end. */
export type CourseEnd = 'all-iterations' | 'no-improvement' | 'diverged';

export interface TrainedModel {
  readonly forecasts: readonly HorizonForecast[];
  readonly losses: readonly LossPoint[];
  readonly checkpoint: Checkpoint;
  /** Why training ended. */
  readonly ended: CourseEnd | 'paused';
  readonly elapsedMs: number;
}

export interface TrainRequest {
  readonly models: readonly ModelSpec[];
  /** Of every layer, origin and grain (`grainSteps` of the settings) that the models learn from. */
  readonly histories: readonly BinnedHistory[];
  /** For forms on the bank, of the same layers and origins; their forecasts are for the horizons in it, whatever the request's is. */
  readonly banks?: readonly BankHistory[];
  readonly horizonSteps: number;
  /** Whether forecasts are made when a model has ended and not before; default no. */
  readonly onlyFinalForecasts?: boolean;
  /** Continue from these, one a model at most. */
  readonly resume?: readonly Checkpoint[];
}

export interface TrainResult {
  readonly device: DeviceInfo;
  readonly models: readonly TrainedModel[];
}

export interface GpuWorkerApi {
  /** Chooses and checks the device; the answer is kept until the worker is replaced. */
  probe: Method<{ readonly prefer: 'auto' | BackendName }, DeviceInfo>;
  train: Method<TrainRequest, TrainResult, TrainReport>;
  /** Forecasts with given weights, one set a model; nothing is trained. Rejects as `train` does. */
  forecastWith: Method<
    Omit<TrainRequest, 'resume'> & { readonly weights: readonly NamedWeights[] },
    { readonly device: DeviceInfo; /** By model. */ readonly models: readonly (readonly HorizonForecast[])[] }
  >;
  /** An ordinary TensorFlow.js layers model of the best weights: the parts of `model.json` and the weights' bytes. */
  exportModel: Method<
    {
      readonly spec: ModelSpec;
      /** Of all the model's layers together for the joint form, any number for the pooled one. */
      readonly experts: number;
      /** Names of the bank's members, for forms on it. */
      readonly members?: readonly string[];
      readonly horizonSteps: number;
      readonly checkpoint: Checkpoint;
    },
    { readonly modelJson: string; readonly weights: ArrayBuffer }
  >;
  /** Reads what `exportModel` gave. Training may start from the checkpoint. Rejects with `bad-input` for anything else. */
  importModel: Method<
    { readonly modelJson: string; readonly weights: ArrayBuffer },
    { readonly spec: ModelSpec; readonly experts: number; readonly members?: readonly string[]; readonly horizonSteps: number; readonly checkpoint: Checkpoint }
  >;
  /** Destroys the GPU device, as a driver crash would: for tests of recovery. */
  loseDevice: Method<Record<string, never>, null>;
}

/** Tests the best trial of a sweep where the search did not look: on later steps, and on another trace. */
import type { ModelSpec, NamedWeights, TraceInfo } from '../../workers/contract.ts';
import { toErrorParts } from '../errors.ts';
import { chosenAverage } from '../forecast/choose-window.ts';
import { checkedLstmSettings, poolsLayers } from '../forecast/lstm.ts';
import { isTrained } from '../forecast/trained.ts';
import type { OnProgress } from '../progress.ts';
import { networkMisfit, type NetworkPlace } from '../sweep/network-fit.ts';
import { testOriginsOf } from '../sweep/test-origins.ts';
import type { OtherTraceTest, SweepPlan, SweepTest, SweepTrial, TestElsewhere, TestErrors, TestProblem } from '../sweep/types.ts';
import { usualOrigin } from '../trace/recorded-span.ts';
import type { TraceRef } from '../trace/trace-ref.ts';
import type { ComparisonWorkers } from './comparison-run.ts';
import { dealtTrace } from './dealt-trace.ts';
import type { Gathering } from './origin-knowledge.ts';
import { openOtherTrace } from './other-trace.ts';
import { SweepJudge } from './sweep-judge.ts';
import { SweepTrainer, type SweepTrainerOptions, type TrainingNews } from './sweep-trainer.ts';

export interface SweepWorkers extends ComparisonWorkers {
  readonly startTrace: () => Worker;
}

export interface SweepTesterOptions extends Pick<SweepTrainerOptions, 'client' | 'device' | 'onRecovered'> {
  /** Of the open trace. */
  readonly info: TraceInfo;
  readonly gathering: Gathering;
  readonly workers: Pick<SweepWorkers, 'cores' | 'startForecast' | 'startTrace'>;
  readonly onProgress: OnProgress;
}

/** A trace that the trial is tested on. */
interface TestPlace {
  readonly info: TraceInfo;
  readonly gathering: Gathering;
  readonly judge: SweepJudge;
  readonly trainer: SweepTrainer;
}

export class SweepTester {
  readonly #plan: SweepPlan;
  readonly #options: SweepTesterOptions;
  readonly #here: TestPlace;
  /** Of the trial that was trained on the open trace, before the sweep's origin. */
  #networks: readonly NamedWeights[] | TestProblem | null = null;

  constructor(plan: SweepPlan, options: SweepTesterOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#here = this.#placeOf(options.info, options.gathering);
  }

  /**
   * Tests what was not tested yet.
   * @param from what was tested before
   * @param onTest told after each of the two traces
   * @throws GatecastError `cancelled` and all else that training rejects with but what is wrong with the other trace, which the test says
   */
  async test(best: SweepTrial, from: SweepTest | null, onTest: (test: SweepTest) => void): Promise<void> {
    const { elsewhere, testOrigins } = this.#plan;
    let test = from?.trial === best.id ? from : null;
    if (!test) {
      if (testOrigins.length === 0 && !elsewhere) return;
      test = { trial: best.id, ...(testOrigins.length === 0 ? { byOrigin: [], average: [], noiseFloor: [] } : await this.#onLaterSteps(best)) };
      onTest(test);
    }
    if (elsewhere && !test.elsewhere) onTest({ ...test, elsewhere: await this.#elsewhere(best, elsewhere) });
  }

  async #onLaterSteps(best: SweepTrial): Promise<TestErrors> {
    const { testOrigins } = this.#plan;
    const { problem, networks, ...errors } = await this.#errors(best, this.#here, testOrigins, 'Testing the best trial on later steps');
    // The first test origin is the sweep's.
    this.#networks = problem === undefined ? networks.slice(0, networks.length / testOrigins.length) : { problem };
    return errors;
  }

  async #elsewhere(best: SweepTrial, ref: TraceRef): Promise<TestElsewhere> {
    const { info: searched, workers, gathering: { signal }, onProgress } = this.#options;
    const { horizonSteps, layers: chosen } = this.#plan;
    onProgress({ done: 0, unit: 'origins', label: 'Opening the other trace' });
    const other = await problemOr(openOtherTrace(ref, workers.startTrace, signal));
    if ('problem' in other) return other;
    const { info, trace } = other;
    try {
      if (info.fingerprint === searched.fingerprint) return { problem: 'it is the trace that was searched; choose another one to test on' };
      const origins = testOriginsOf(usualOrigin(info), horizonSteps, info);
      if (origins.length === 0) return { problem: `${info.name} has fewer than ${horizonSteps.toLocaleString('en-US')} steps in its last quarter; choose a shorter horizon or a longer trace` };
      const layers = layersThere(chosen, info);
      const dealt = dealtTrace(trace, info, layers, workers);
      try {
        return await this.#onOther(best, this.#placeOf(info, dealt.gathering(signal)), origins);
      } finally {
        dealt.end();
      }
    } finally {
      other.end();
    }
  }

  async #onOther(best: SweepTrial, place: TestPlace, origins: readonly number[]): Promise<TestElsewhere> {
    const { info, gathering: { layers } } = place;
    const { problem, byOrigin, average, noiseFloor } = await this.#errors(best, place, origins, `Testing the best trial on ${info.name}`);
    if (!average.every(Number.isFinite)) return { problem: `${info.name} does not hold all steps after its origin; choose another trace` };
    const test: OtherTraceTest = {
      name: info.name, fingerprint: info.fingerprint, layers, origins, average,
      noiseFloor: noiseFloor.every(Number.isFinite) ? noiseFloor : [],
      ...(problem === undefined ? { byOrigin } : { byOrigin: [], problem }),
    };
    return isTrained(best.forecaster) ? { ...test, asTrained: await this.#asTrained(best, place, origins) } : test;
  }

  /** Networks of the open trace on what is known at each origin of the other one: nothing is trained there. */
  async #asTrained(best: SweepTrial, place: TestPlace, origins: readonly number[]): Promise<OtherTraceTest['asTrained']> {
    const misfit = networkMisfit(best.values, networkPlace(this.#here), networkPlace(place));
    if (misfit !== null) return { problem: misfit };
    const networks = this.#networks ??= await this.#trainedHere(best);
    if ('problem' in networks) return networks;
    this.#options.onProgress({ done: 0, unit: 'origins', label: `Testing the best trial on ${place.info.name}, as it was trained here` });
    const pooled = poolsLayers(checkedLstmSettings(best.values));
    const weightsOf = ({ layers: [layer] }: ModelSpec): NamedWeights => networks[pooled ? 0 : this.#plan.layers.indexOf(layer)];
    const errors = await problemOr(place.trainer.apply(best, weightsOf, origins));
    if ('problem' in errors) return errors;
    return errors.every(Number.isFinite) ? { byOrigin: errors } : { problem: 'the numbers broke' };
  }

  async #trainedHere(best: SweepTrial): Promise<readonly NamedWeights[] | TestProblem> {
    const [{ problem, networks }] = await this.#here.trainer.train([{ trial: best, pauseAt: null, checkpoints: [] }], [this.#plan.originStep], this.#hearer('Training the best trial on this trace'));
    return problem === undefined ? networks : { problem };
  }

  /** Of the trial trained, or fitted, at each origin; NaN where that cannot be, and why. */
  async #errors(best: SweepTrial, { judge, trainer }: TestPlace, origins: readonly number[], label: string): Promise<TestErrors & { readonly networks: readonly NamedWeights[]; readonly problem?: string }> {
    this.#options.onProgress({ done: 0, unit: 'origins', label });
    const fitted = async (): Promise<{ readonly byOrigin: readonly number[]; readonly networks: readonly NamedWeights[]; readonly problem?: string }> => {
      if (isTrained(best.forecaster)) return (await trainer.train([{ trial: best, pauseAt: null, checkpoints: [] }], origins, this.#hearer(label)))[0];
      const byOrigin = await problemOr(judge.fitted(best.forecaster, best.values, origins));
      return 'problem' in byOrigin ? { byOrigin: origins.map(() => NaN), networks: [], problem: byOrigin.problem } : { byOrigin, networks: [] };
    };
    const [{ byOrigin, networks, problem }, average, noiseFloor] = await Promise.all([fitted(), judge.fitted(chosenAverage.id, {}, origins), judge.noiseFloor(origins)]);
    return { byOrigin, average, noiseFloor, networks, ...(problem === undefined ? {} : { problem }) };
  }

  #placeOf(info: TraceInfo, gathering: Gathering): TestPlace {
    const { client, device, onRecovered } = this.#options;
    const judge = new SweepJudge(gathering, this.#plan);
    return { info, gathering, judge, trainer: new SweepTrainer({ ...this.#plan, layers: gathering.layers }, { client, device, gathering, judge, onRecovered }) };
  }

  #hearer(label: string): (news: TrainingNews) => void {
    return ({ done, total }) => this.#options.onProgress({ done, total, unit: 'iterations', label });
  }
}

/** Characters: a notebook keeps no more. */
const longestProblem = 2000;

/** The layers of a plan that another trace has, by place; all of its where it has none of them. */
function layersThere(chosen: readonly number[], { layers }: Pick<TraceInfo, 'layers'>): readonly number[] {
  const there = chosen.filter((layer) => layer < layers.length);
  return there.length > 0 ? there : layers.map((_, layer) => layer);
}

function networkPlace({ info, gathering: { layers, othersOf } }: Pick<TestPlace, 'info' | 'gathering'>): NetworkPlace {
  return { layers, expertsOf: (layer) => info.layers[layer].experts, neighbours: othersOf(layers[0]).length > 0 };
}

/** What can be said of the other trace, and of what cannot be done there, is no failure of the sweep. */
async function problemOr<Result extends object>(work: Promise<Result>): Promise<Result | TestProblem> {
  try {
    return await work;
  } catch (error) {
    const { code, message, remedy } = toErrorParts(error);
    if (code !== 'bad-input' && code !== 'unknown-format' && code !== 'bad-setting' && code !== 'storage-full') throw error;
    return { problem: (remedy === undefined ? message : `${message}; ${remedy}`).slice(0, longestProblem) };
  }
}

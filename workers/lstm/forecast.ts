import { throwIfAborted } from '../../src/errors.ts';
import type { GpuWorkerApi, HorizonForecast } from '../contract.ts';
import { breathe } from '../serve.ts';
import { flat, startFrom } from './checkpoint.ts';
import type { Engine } from './engine.ts';
import { problemsOf } from './problems.ts';
import { entryOf, SIDE_BY_SIDE } from './trainer.ts';

/**
 * Forecasts of models, by model, that were trained before, on this trace or another one: as a training of them would give at its end.
 * Rejects with `bad-setting` when the weights are of another network or a history is too short to train on.
 */
export async function forecastWith({ weights, ...request }: GpuWorkerApi['forecastWith']['request'], engine: Engine, signal: AbortSignal): Promise<readonly (readonly HorizonForecast[])[]> {
  const problems = problemsOf(request);
  const session = await engine.open(request.models.map((spec, model) => (
    entryOf(spec, problems[model], startFrom(flat(problems[model].network, weights[model])))
  )));
  try {
    const forecasts: (readonly HorizonForecast[])[] = [];
    while (forecasts.length < problems.length) {
      const first = forecasts.length;
      forecasts.push(...await Promise.all(problems.slice(first, first + SIDE_BY_SIDE).map(async (problem, i) => problem.forecasts(await session.forecast(first + i)))));
      await breathe();
      throwIfAborted(signal);
    }
    return forecasts;
  } finally {
    session.close();
  }
}

/**
 * Runs a comparison: the layers are dealt to forecast workers of its own, and what is trained is trained beside them, on what
 * those gather.
 */
import { othersOf as othersHere } from '../cells/forecast/worker-room.ts';
import { GatecastError } from '../errors.ts';
import { comparisonOrigins } from '../forecast/comparison/origins.ts';
import type { ComparisonSettings } from '../forecast/comparison/types.ts';
import { cheapForecaster } from '../forecast/registry.ts';
import { isTrained } from '../forecast/trained.ts';
import { ComparisonCollector } from './comparison-collector.ts';
import { dealtLanes, type ComparisonLane } from './comparison-lane.ts';
import { compareTrained } from './comparison-trained.ts';
import type { Compare } from './comparisons.ts';
import { OriginTrainer } from './origin-trainer.ts';
import type { DevicePreference } from './runs.ts';
import type { OpenTrace, Session } from './session.ts';
import { SpareGpu } from './spare-gpu.ts';
import { startForecastWorker, startGpuWorker } from './workers.ts';

export interface ComparisonWorkers {
  /** Cores of the computer: one is left to the page. */
  readonly cores: number;
  readonly startForecast: () => Worker;
  readonly startGpu: () => Worker;
}

export const workersHere = (): ComparisonWorkers => ({ cores: navigator.hardwareConcurrency, startForecast: startForecastWorker, startGpu: startGpuWorker });

/** @param prefer the device that trains, asked at the start of each comparison */
export function createCompare(
  { trace, workers }: { readonly trace: Session['trace']; readonly workers: Pick<Session['workers'], 'trace'> },
  prefer: () => DevicePreference,
  { cores, startForecast, startGpu }: ComparisonWorkers = workersHere(),
): Compare {
  const spare = new SpareGpu(startGpu);
  return async (settings, { signal: caller, onProgress, onResult, onDevice = () => {} }) => {
    const open = openOrThrow(trace.peek());
    const { fingerprint } = open;
    const ending = new AbortController();
    const signal = caller ? AbortSignal.any([caller, ending.signal]) : ending.signal;
    const { steps } = await workers.trace.call('layerBlock', { layer: settings.layers[0] }, { signal });
    const origins = comparisonOrigins(steps, settings);
    const trained = settings.contenders.flatMap(({ id }, contender) => (isTrained(id) ? [contender] : []));
    const collector = new ComparisonCollector(settings, origins.length * settings.layers.length * (1 + trained.length), { onProgress, onResult });
    const { lanes, laneOf } = dealtLanes(workers.trace, fingerprint, settings.layers, cores, startForecast);

    const othersOf = othersFor(settings, open);
    const compareLayers = async (lane: ComparisonLane): Promise<void> => {
      for (const layer of settings.layers.filter((one) => laneOf(one) === lane)) {
        const others = othersOf(layer);
        await lane.work([layer, ...others], signal, (client) => {
          collector.begin(layer);
          return client.call('compareLayer', { fingerprint, layer, others, settings }, { signal, onProgress: (batch) => collector.add(layer, batch) });
        });
      }
    };
    const train = async (): Promise<void> => {
      if (trained.length === 0) return;
      const preferred = prefer();
      const client = spare.take(preferred);
      const trainer = new OriginTrainer(client, { prefer: preferred, signal, onDevice });
      try {
        await compareTrained({
          trace: workers.trace, fingerprint, settings, contenders: trained, origins, othersOf: (layer) => othersHere(open, layer), laneOf, trainer, signal,
          onPoints: (points, judged) => collector.addTrained(points, judged * settings.layers.length),
        });
        spare.keep(client, preferred);
      } catch (error) {
        client.kill();
        throw error;
      }
    };

    try {
      await Promise.all([...lanes.map(compareLayers), train()]);
      return collector.result();
    } finally {
      ending.abort();
      for (const lane of lanes) lane.end();
      collector.flush();
    }
  };
}

export function openOrThrow(open: OpenTrace | null): OpenTrace['info'] {
  if (open) return open.info;
  throw new GatecastError({ code: 'bad-setting', message: 'no trace is open', remedy: 'open a trace file or a sample' });
}

/** The trace's other layers of each one, where a contender learns from them. */
function othersFor({ contenders }: ComparisonSettings, info: OpenTrace['info']): (layer: number) => readonly number[] {
  const pools = contenders.some(({ id }) => !isTrained(id) && cheapForecaster(id).pools === true);
  return (layer) => (pools ? othersHere(info, layer) : []);
}

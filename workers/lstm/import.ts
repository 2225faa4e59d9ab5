/** Reads a layers model that Gatecast exported. The files may come from anybody: nothing in them is believed unchecked. */
import { GatecastError } from '../../src/errors.ts';
import { checkedLstmSettings, onBank } from '../../src/forecast/lstm.ts';
import type { GpuWorkerApi } from '../contract.ts';
import { startFrom, toCheckpoint } from './checkpoint.ts';
import { exportVersion, fileTensors, gateSum } from './exported.ts';
import { weightCount } from './network.ts';
import { networkOf } from './problems.ts';

type Files = GpuWorkerApi['importModel']['request'];
type Imported = GpuWorkerApi['importModel']['response'];

/** Longest `model.json` that is looked at; ours have some thousand characters. */
const MOST_CHARACTERS = 1_000_000;
const MOST_LAYERS = 10_000;
const MOST_EXPERTS = 100_000;
const MOST_MEMBERS = 100;
const MOST_STEPS = 10_000_000;

/**
 * The weights as a checkpoint that was never validated: training starts from them.
 * @throws GatecastError `bad-input` when the files are none of ours, damaged, or do not fit each other
 */
export function importLayersModel({ modelJson, weights }: Files): Imported {
  const file = parsed(modelJson);
  const about = objectAt(file, 'userDefinedMetadata');
  if (about['gatecast'] !== exportVersion) {
    throw refused('userDefinedMetadata.gatecast', about['gatecast'] === undefined ? 'the model was not exported by Gatecast, or by one that kept no settings' : 'the model was exported by another version of Gatecast');
  }
  const layers = listAt(about, 'layers', MOST_LAYERS).map((layer) => wholeNumber(layer, 'layers', 0, MOST_LAYERS));
  if (layers.length === 0) throw refused('layers', 'the model names no layers');
  const spec = { settings: checkedLstmSettings(about['settings']), seed: wholeNumber(about['seed'], 'seed', 0, 2 ** 32 - 1), layers };
  const experts = wholeNumber(about['experts'], 'experts', 1, MOST_EXPERTS);
  const horizonSteps = wholeNumber(about['horizonSteps'], 'horizonSteps', 1, MOST_STEPS);

  const members = onBank(spec.settings) ? listAt(about, 'members', MOST_MEMBERS).map((name) => String(name).slice(0, 100)) : undefined;

  const network = networkOf(spec, members?.length ?? experts, horizonSteps);
  const inFile = weightCount(network) + network.candidates;
  if (weights.byteLength !== 4 * inFile) {
    throw refused('weights', `${weights.byteLength.toLocaleString('en')} bytes of weights do not fill the network of the settings, which takes ${(4 * inFile).toLocaleString('en')}`);
  }
  const values = new Float32Array(weightCount(network));
  const expected = new Map(fileTensors(network).map((tensor) => [tensor.name, tensor]));
  let from = 0;
  for (const group of listAt(file, 'weightsManifest', 100)) {
    for (const tensor of listAt(objectOf(group, 'weightsManifest'), 'weights', 100)) {
      const { name, shape, dtype } = objectOf(tensor, 'weights');
      if (name === gateSum) {
        from += network.candidates;
        continue;
      }
      const own = expected.get(String(name));
      if (!own || dtype !== 'float32' || JSON.stringify(shape) !== JSON.stringify(own.shape)) {
        throw refused('weightsManifest', `the weight ${JSON.stringify(name)?.slice(0, 60)} of shape ${JSON.stringify(shape)?.slice(0, 60)} is none of the network of the settings`);
      }
      expected.delete(own.name);
      values.set(new Float32Array(weights.slice(4 * from, 4 * (from + own.size))), own.offset);
      from += own.size;
    }
  }
  const [missing] = expected.keys();
  if (missing !== undefined) throw refused('weightsManifest', `the weight ${missing} is missing`);
  if (!values.every(Number.isFinite)) throw refused('weights', 'a weight is not a finite number');
  return { spec, experts, members, horizonSteps, checkpoint: toCheckpoint(network, 0, startFrom(values)) };
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): Fields {
  if (text.length > MOST_CHARACTERS) throw refused('model.json', `${text.length.toLocaleString('en')} characters are more than any model of ours has`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused('model.json', 'the file is not valid JSON');
  }
  return objectOf(value, 'model.json');
}

function objectOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(where, 'an object is missing');
  return value as Fields;
}

function objectAt(fields: Fields, name: string): Fields {
  return objectOf(fields[name], name);
}

function listAt(fields: Fields, name: string, most: number): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value) || value.length > most) throw refused(name, `a list of at most ${most.toLocaleString('en')} is missing`);
  return value;
}

function wholeNumber(value: unknown, where: string, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw refused(where, `${JSON.stringify(value)?.slice(0, 60)} is not a whole number from ${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`);
}

function refused(where: string, message: string): GatecastError {
  return new GatecastError({ code: 'bad-input', where, message, remedy: 'take the two files as Gatecast exported them' });
}

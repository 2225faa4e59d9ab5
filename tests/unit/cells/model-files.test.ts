import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '../../../src/cells/forecast/model-files.ts';
import { fingerprintA, fingerprintB } from '../notebook/results.ts';

const json = '{"a":1}';
const values = Uint8Array.of(1, 2, 3, 4);
const provenance = { fingerprint: fingerprintA, settings: { originStep: 600, window: 3 } };
const exported: Zippable = { 'model.json': strToU8(json), 'weights.bin': [values, { level: 0 }], 'gatecast.json': strToU8(JSON.stringify(provenance)) };
const zip = (members: Zippable, name = 'small.zip'): File => new File([zipSync(members)], name);
const changed = (change: (bytes: Uint8Array) => void): File => {
  const bytes = zipSync(exported);
  change(bytes);
  return new File([bytes], 'small.zip');
};

describe('a model’s files', () => {
  it('are read from the archive, with what the weights were trained on', async () => {
    const read = await readModelFiles([zip(exported)]);
    expect(read).toMatchObject({ modelJson: json, weights: { file: 'small.zip', trainedOn: { fingerprint: fingerprintA, originStep: 600 } } });
    expect(new Uint8Array(read.values)).toEqual(values);
  });

  it('are read from an archive that was packed anew, in a folder and under another name', async () => {
    const inFolder = Object.fromEntries(Object.entries(exported).flatMap(([name, part]) => [[`model/${name}`, part], [`__MACOSX/model/${name}`, part]]));
    expect(await readModelFiles([zip(inFolder, 'model.backup')])).toMatchObject({ modelJson: json, weights: { file: 'model.backup' } });
  });

  it('are read one beside the other, as a browser may have renamed them', async () => {
    const files = [new File([values], 'weights (1).bin'), new File([JSON.stringify(provenance)], 'gatecast.json'), new File([json], 'model (1).json')];
    const read = await readModelFiles(files);
    expect(read).toMatchObject({ modelJson: json, weights: { file: 'model (1).json', trainedOn: { originStep: 600 } } });
    expect(new Uint8Array(read.values)).toEqual(values);
  });

  it.each([
    ['nothing', undefined], ['no JSON', '{'], ['no provenance', '[]'], ['a step that there is not', JSON.stringify({ ...provenance, settings: { originStep: -1 } })],
  ])('whose gatecast.json holds %s are read without it', async (_, about) => {
    const { 'gatecast.json': _own, ...model } = exported;
    expect((await readModelFiles([zip(about === undefined ? model : { ...model, 'gatecast.json': strToU8(about) })])).weights).toEqual({ file: 'small.zip' });
  });

  it('whose weights had been loaded say what those were trained on first', async () => {
    const trainedOn = { fingerprint: fingerprintB, originStep: 50 };
    const loaded = (weights: object): File => zip({ ...exported, 'gatecast.json': strToU8(JSON.stringify({ ...provenance, weights })) });
    expect((await readModelFiles([loaded({ file: 'a.zip', trainedOn })])).weights.trainedOn).toEqual(trainedOn);
    expect((await readModelFiles([loaded({ file: 'a.zip' })])).weights.trainedOn).toBeUndefined();
  });
});

describe('files that are refused, each with what to choose instead', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.txt`, strToU8('x')]));
  const bomb = (): File => zip({ ...exported, 'weights.bin': new Uint8Array(70 * 2 ** 20) });
  /** The directory says that the bomb is small. */
  const disguised = (): File => {
    const bytes = zipSync({ ...exported, 'weights.bin': new Uint8Array(2 ** 20) });
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 46 < bytes.length; at++) if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) === 2 ** 20) view.setUint32(at + 24, 4, true);
    return new File([bytes], 'small.zip');
  };
  it.each<[string, readonly File[], RegExp]>([
    ['a trace', [new File(['step,layer\n'], 'trace.csv')], /^trace.csv: no model.json was found/],
    ['weights alone', [new File([values], 'weights.bin')], /no model.json was found/],
    ['a model without weights', [new File([json], 'model.json')], /^model.json: no weights.bin was found/],
    ['an archive of something else', [zip({ 'a.npy': values }, 'trace.npz')], /^trace.npz: no model.json was found/],
    ['two models', [zip({ ...exported, 'other/model.json': strToU8(json) })], /2 files could be model.json/],
    ['an archive that is none', [new File(['hello'], 'small.zip')], /directory of members/],
    ['an archive that was cut off', [new File([zipSync(exported).subarray(0, 120)], 'small.zip')], /directory of members/],
    ['a damaged archive', [changed((bytes) => bytes.fill(7, 40, 45))], /damaged/],
    ['many members', [zip({ ...exported, ...many })], /33 files; an exported model has three/],
    ['weights that unpack to more than any model has', [bomb()], /weights.bin has 70 MB, more than any exported model \(64 MB\)/],
    ['weights that unpack to more than they say', [disguised()], /damaged/],
    ['text that is none', [zip({ ...exported, 'model.json': Uint8Array.of(0xff, 0xfe, 0x80) })], /model.json is not UTF-8/],
  ])('%s', async (_, files, message) => {
    await expect(readModelFiles(files)).rejects.toMatchObject({
      code: 'bad-input', message: expect.stringMatching(message) as unknown, where: expect.stringContaining(files[0].name) as unknown,
      remedy: 'choose the .zip that Gatecast exported, or its model.json and weights.bin together',
    });
  });
});

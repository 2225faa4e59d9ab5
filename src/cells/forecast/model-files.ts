/** Reads the files of an exported model as a person chooses them. They may come from anybody. */
import * as v from 'valibot';
import { GatecastError, toErrorParts } from '../../errors.ts';
import { fingerprint, integer, maximumStep } from '../../notebook/fields.ts';
import { trainedOn, type LoadedWeights, type TrainedOn } from '../../notebook/kinds/forecast-result.ts';
import { badInput } from '../../trace/read/problems.ts';
import { blobSource } from '../../trace/read/sources.ts';
import { memberChunks, zipMembers, type ZipMember } from '../../trace/packed/zip.ts';

export interface ModelFiles {
  readonly weights: LoadedWeights;
  readonly modelJson: string;
  readonly values: ArrayBuffer;
}

/** A file by itself, or one in an archive. */
interface Part {
  readonly name: string;
  readonly bytes: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const megabyte = 1024 * 1024;
/** The largest network of the settings has some 50 MB of weights. */
const mostWeights = 64 * megabyte;
const mostJson = megabyte;
const mostArchive = mostWeights + 4 * megabyte;
/** Ours has three members; whoever packs it anew may add some. */
const mostMembers = 20;

const remedy = 'choose the .zip that Gatecast exported, or its model.json and weights.bin together';

/**
 * @param files an exported .zip, or `model.json` and `weights.bin`, with `gatecast.json` or without it
 * @throws GatecastError `bad-input`
 */
export async function readModelFiles(files: readonly File[]): Promise<ModelFiles> {
  const names = files.map(({ name }) => name).join(', ').slice(0, 200);
  const [file] = files;
  const packed = files.length === 1 && await isArchive(file);
  const parts = packed ? await membersOf(file) : files.map(partOf);
  const about = parts.filter(({ name }) => name === 'gatecast.json');
  const modelJson = only(names, 'model.json', parts.filter(({ name }) => (packed ? name === 'model.json' : /\.json$/i.test(name) && name !== 'gatecast.json')), mostJson);
  const values = only(names, 'weights.bin', parts.filter(({ name }) => (packed ? name === 'weights.bin' : /\.bin$/i.test(name))), mostWeights);
  const on = about.length === 1 && about[0].bytes <= mostJson ? trainedOnOf(decode(names, about[0].name, await about[0].read())) : undefined;
  return {
    weights: { file: (packed ? file.name : modelJson.name).slice(0, 200), ...(on ? { trainedOn: on } : {}) },
    modelJson: decode(names, modelJson.name, await modelJson.read()),
    values: (await values.read()).buffer,
  };
}

async function isArchive(file: File): Promise<boolean> {
  const [p, k] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return /\.zip$/i.test(file.name) || (p === 0x50 && k === 0x4b);
}

async function membersOf(file: File): Promise<readonly Part[]> {
  if (file.size > mostArchive) throw badInput(file.name, `${inMegabytes(file.size)} are more than any exported model has (${inMegabytes(mostArchive)})`, remedy);
  const source = blobSource(file, file.name);
  const members = await ours(zipMembers(source));
  if (members.length > mostMembers) throw badInput(file.name, `it holds ${members.length.toLocaleString('en')} files; an exported model has three`, remedy);
  return members
    .filter(({ name }) => !name.startsWith('__MACOSX/'))
    .map((member) => ({ name: member.name.split('/').at(-1) ?? '', bytes: member.bytes, read: () => ours(unpack(member, file)) }));

  async function unpack(member: ZipMember, from: File): Promise<Uint8Array<ArrayBuffer>> {
    // Its size was checked, and no more than that is unpacked.
    const whole = new Uint8Array(member.bytes);
    let at = 0;
    for await (const chunk of memberChunks(blobSource(from, from.name), member)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}

function partOf(file: File): Part {
  return { name: file.name, bytes: file.size, read: async () => new Uint8Array(await file.arrayBuffer()) };
}

function only(names: string, wanted: string, found: readonly Part[], most: number): Part {
  const [part, ...others] = found;
  if (!part) throw badInput(names, `no ${wanted} was found`, remedy);
  if (others.length > 0) throw badInput(names, `${found.length} files could be ${wanted}`, remedy);
  if (part.bytes > most) throw badInput(names, `${part.name} has ${inMegabytes(part.bytes)}, more than any exported model (${inMegabytes(most)})`, remedy);
  return part;
}

/** What reads archives is about traces: its advice is not for models. */
async function ours<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw new GatecastError({ ...toErrorParts(error), remedy });
  }
}

function decode(names: string, part: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badInput(names, `${part} is not UTF-8 text`, remedy);
  }
}

/** The provenance of an exported result. Its weights may themselves have been loaded. */
const provenance = v.object({
  fingerprint,
  settings: v.object({ originStep: integer(0, maximumStep) }),
  weights: v.optional(v.object({ trainedOn: v.optional(trainedOn) })),
});

/** @returns undefined where it is not known: a model forecasts without it */
function trainedOnOf(text: string): TrainedOn | undefined {
  try {
    const { fingerprint: trace, settings, weights } = v.parse(provenance, JSON.parse(text));
    return weights ? weights.trainedOn : { fingerprint: trace, originStep: settings.originStep };
  } catch {
    return undefined;
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / megabyte).toLocaleString('en')} MB`;
}

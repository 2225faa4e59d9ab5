/** The structs that page memory and kernels share: written once here, for both sides. */

type Field = readonly [name: string, type: 'u32' | 'f32'];

/** What a slot of a launch works on; written by the session, read by the kernels. Places in `data` are in words. */
export const jobFields = [
  /** Place of the model among the weights of its group. */
  ['model', 'u32'], ['seed', 'u32'], ['shuffled', 'u32'], ['first', 'u32'], ['samples', 'u32'],
  ['start', 'u32'], ['end', 'u32'],
  ['windows', 'u32'], ['anchors', 'u32'], ['norms', 'u32'], ['bases', 'u32'], ['sides', 'u32'],
  ['series', 'u32'], ['hop', 'u32'], ['targetHop', 'u32'], ['channels', 'u32'], ['bound', 'f32'],
  ['validation', 'u32'], ['validations', 'u32'], ['parts', 'u32'], ['queries', 'u32'], ['queryCount', 'u32'],
  ['rate', 'f32'], ['decay', 'f32'], ['coupled', 'u32'], ['clip', 'f32'],
  ['schedule', 'u32'], ['over', 'u32'], ['floor', 'f32'], ['plateau', 'u32'],
  /** Steps without a better loss before the phase ends; `noPatience`: it does not validate. */
  ['patience', 'u32'],
  ['dropInput', 'u32'], ['keepInput', 'f32'], ['dropLayer', 'u32'], ['keepLayer', 'f32'],
  /** First row of the model's forecasts. */
  ['answers', 'u32'],
] as const satisfies readonly Field[];

/** Where the model of a slot stands; written by the session before a block of steps, and by the kernels. */
export const stateFields = [
  ['iteration', 'u32'], ['ended', 'u32'], ['best', 'f32'], ['bestAt', 'u32'], ['scale', 'f32'], ['cutAt', 'u32'],
  ['lossSum', 'f32'], ['lossSteps', 'u32'], ['improved', 'u32'], ['looks', 'u32'], ['spare0', 'u32'], ['spare1', 'u32'],
] as const satisfies readonly Field[];

/** Which part of a launch a dispatch does. */
export const partFields = [
  /** First tile of rows, and first slot. */
  ['tile', 'u32'], ['slot', 'u32'],
  /** 0: validation samples; 1: queries. */
  ['list', 'u32'],
  /** 1: whether the model is due for a look or not. */
  ['always', 'u32'],
  /** 1: gradients are added to those of chunks before. */
  ['adds', 'u32'],
  /** Always 0, which compilers do not know: keeps them from reading at the start what is to be read at every bin. */
  ['zero', 'u32'],
  ['spare0', 'u32'], ['spare1', 'u32'],
] as const satisfies readonly Field[];

export const schedules = { constant: 0, linear: 1, cosine: 2, plateau: 3 } as const;
export const ends = ['running', 'limit', 'patience', 'diverged'] as const;
export const noPatience = 0xffffffff;
/** Place of `bases` where targets are residuals of the reference. */
export const noBases = 0xffffffff;
/** Larger than any loss or bound, and finite: kernels may not rely on infinity. */
export const noLoss = 3e38;

type Names<Fields extends readonly Field[]> = Fields[number][0];

export function wgslStruct(name: string, fields: readonly Field[]): string {
  return `struct ${name} { ${fields.map(([field, type]) => `${field}: ${type}`).join(', ')} };`;
}

export const structBytes = (fields: readonly Field[]): number => fields.length * 4;

/** Writes one struct; fields that are not given are 0. */
export function writeStruct<Fields extends readonly Field[]>(fields: Fields, into: ArrayBuffer, index: number, values: Partial<Readonly<Record<Names<Fields>, number>>>): void {
  const floats = new Float32Array(into);
  const words = new Uint32Array(into);
  fields.forEach(([name, type], i) => {
    const value = (values as Readonly<Record<string, number | undefined>>)[name] ?? 0;
    if (type === 'f32') floats[index * fields.length + i] = value;
    else words[index * fields.length + i] = value;
  });
}

export function readStruct<Fields extends readonly Field[]>(fields: Fields, from: ArrayBuffer, index: number): Record<Names<Fields>, number> {
  const floats = new Float32Array(from);
  const words = new Uint32Array(from);
  return Object.fromEntries(fields.map(([name, type], i) => [name, (type === 'f32' ? floats : words)[index * fields.length + i]])) as Record<Names<Fields>, number>;
}

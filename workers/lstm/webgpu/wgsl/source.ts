/** How a kernel's source is put together: the buffers that it uses become bindings in their order. */
import { jobFields, partFields, stateFields, wgslStruct } from '../structs.ts';

/** Every buffer that kernels know, with its type. */
const resources = {
  /** `[models][quads]` */
  weights: 'array<vec4f>',
  /** First and second moment side by side, `[models][quads][2]` */
  moments: 'array<vec4f>',
  bestWeights: 'array<vec4f>',
  /** Windows, anchors, norms and lists of all examples; float numbers by their bits. */
  data: 'array<u32>',
  jobs: 'array<Job>',
  states: 'array<State>',
  /** Number of the step that is being made, by slot; 0: none. */
  steps: 'array<u32>',
  /** Gates of every cell; on the way back their slopes. `[slots][layers][tiles][bins + 1][rows][hidden]` */
  gates: 'array<vec4f>',
  /** c and h of every cell; the cell after the last holds the slope of the last h, and c makes room for what goes back to the layer below. */
  cells: 'array<vec2f>',
  /** What the first layer read, where its gradient is a product of its own. `[slots][tiles][bins][rows][x]` */
  inputs: 'array<vec4f>',
  /** Matrices with units first, `[models][4 gates][units][back rows]`. */
  transposed: 'array<vec4f>',
  transposedNumbers: 'array<f32>',
  /** Parts of the gradient: of each layer's matrix by slice (`sliceLayout`), `[slots][…]`; of the rest by tile, `[slots][tiles of a chunk][…]`. */
  matrixParts: 'array<vec4f>',
  restParts: 'array<vec4f>',
  /** `[slots][quads + 1]` */
  gradient: 'array<vec4f>',
  squares: 'array<f32>',
  /** Loss of each sample that validates, `[slots][most validations]`. */
  rowLosses: 'array<f32>',
  /** Forecasts of the queries, `[slots][most queries][forecasts]`. */
  forecasts: 'array<f32>',
  /** Iteration, mean training loss, validation loss and its parts, `[slots][looks kept][3 + most parts]`. */
  history: 'array<f32>',
} as const;

export type Resource = keyof typeof resources;

export interface Use {
  readonly resource: Resource;
  readonly written: boolean;
}

export interface Kernel {
  readonly label: string;
  readonly code: string;
  readonly uses: readonly Use[];
  readonly threads: number;
  /** Bytes of workgroup memory. */
  readonly shared: number;
}

export const reads = (...names: readonly Resource[]): readonly Use[] => names.map((resource) => ({ resource, written: false }));
export const writes = (...names: readonly Resource[]): readonly Use[] => names.map((resource) => ({ resource, written: true }));

/**
 * A variable in workgroup memory; WGSL fills it with zeros at the start. What is indexed by constants stands in `inner`
 * dimensions: browsers guard every index that varies with a comparison of its own, and constant ones with none.
 */
export interface Shared {
  readonly name: string;
  readonly type: 'f32' | 'u32' | 'vec4f';
  readonly length: number;
  /** Dimensions below the first, outermost first. */
  readonly inner?: readonly number[];
}

export interface KernelParts {
  readonly label: string;
  readonly uses: readonly Use[];
  readonly threads: number;
  readonly constants: Readonly<Record<string, number>>;
  readonly shared: readonly Shared[];
  readonly functions: string;
  readonly body: string;
  /** Needs the feature of the same name. */
  readonly subgroups?: boolean;
}

const typeBytes = { f32: 4, u32: 4, vec4f: 16 } as const;

/** Elements of all dimensions. */
const sizeOf = ({ length, inner = [] }: Shared): number => inner.reduce((size, dimension) => size * dimension, length);

export const sharedBytes = (shared: readonly Shared[]): number => shared.reduce((sum, one) => sum + Math.ceil((typeBytes[one.type] * sizeOf(one)) / 16) * 16, 0);

const typeOf = ({ type, length, inner = [] }: Shared): string => [length, ...inner].reduceRight((element: string, dimension) => `array<${element}, ${dimension}>`, type);

export function kernel({ label, uses, threads, constants, shared, functions, body, subgroups = false }: KernelParts): Kernel {
  const bindings = uses.map(({ resource, written }, i) => `@group(0) @binding(${i}) var<storage, ${written ? 'read_write' : 'read'}> ${resource}: ${resources[resource]};`);
  const code = [
    ...(subgroups ? ['enable subgroups;', 'diagnostic(off, subgroup_uniformity);'] : []),
    wgslStruct('Job', jobFields), wgslStruct('State', stateFields), wgslStruct('Part', partFields),
    ...Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`),
    ...bindings,
    `@group(0) @binding(${uses.length}) var<uniform> part: Part;`,
    ...shared.map((one) => `var<workgroup> ${one.name}: ${typeOf(one)};`),
    functions,
    `@compute @workgroup_size(${threads}) fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) groups: vec3u) {`,
    body,
    '}',
  ].join('\n');
  return { label, code, uses, threads, shared: sharedBytes(shared) };
}

/** `count` pieces of code, one a line. Loops are written out, since arrays indexed by a variable go to slow memory. */
export const repeat = (count: number, piece: (i: number) => string): string => Array.from({ length: count }, (_, i) => piece(i)).join('\n');

/** One multiply-add a statement: compilers contract these to fused ones, and lose that in longer expressions and in `dot`. */
export const multiplyAdd = (sum: string, factors: string, quad: (component: number) => string): string => (
  ['x', 'y', 'z', 'w'].map((component, i) => `${sum} += ${factors}.${component} * ${quad(i)};`).join(' ')
);

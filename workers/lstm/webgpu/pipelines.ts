/** Compiled kernels of a device, by their source: a shape that was trained before starts at once. */
import { structBytes, partFields } from './structs.ts';
import type { Kernel, Resource } from './wgsl/source.ts';

export interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Bytes between two entries of a uniform buffer that is bound with an offset. */
export const PART_STRIDE = 256;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #compiled = new Map<string, Promise<Compiled>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  compile(kernel: Kernel): Promise<Compiled> {
    const known = this.#compiled.get(kernel.code);
    if (known) return known;
    const compiled = this.#make(kernel);
    this.#compiled.set(kernel.code, compiled);
    compiled.catch(() => this.#compiled.delete(kernel.code));
    return compiled;
  }

  async #make({ label, code, uses }: Kernel): Promise<Compiled> {
    const device = this.#device;
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        ...uses.map(({ written }, binding): GPUBindGroupLayoutEntry => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type: written ? 'storage' : 'read-only-storage' } })),
        { binding: uses.length, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: structBytes(partFields) } },
      ],
    });
    const module = device.createShaderModule({ label, code });
    try {
      const pipeline = await device.createComputePipelineAsync({
        label, layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }), compute: { module, entryPoint: 'main' },
      });
      return { pipeline, layout };
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const first = messages.find(({ type }) => type === 'error');
      throw new Error(`the kernel "${label}" does not compile here: ${first ? `${first.message} (${code.split('\n')[first.lineNum - 1]?.trim()})` : String(error)}`, { cause: error });
    }
  }

  bind({ uses }: Kernel, { layout }: Compiled, buffers: Readonly<Partial<Record<Resource, GPUBuffer>>>, parts: GPUBuffer): GPUBindGroup {
    return this.#device.createBindGroup({
      layout,
      entries: [
        ...uses.map(({ resource }, binding): GPUBindGroupEntry => {
          const buffer = buffers[resource];
          if (!buffer) throw new Error(`the kernel uses ${resource}, which the group does not hold`);
          return { binding, resource: { buffer } };
        }),
        { binding: uses.length, resource: { buffer: parts, size: structBytes(partFields) } },
      ],
    });
  }
}

import { elementBytes, type ElementType } from '../../arrays/elements.ts';
import { PickleGlobal, type PickleHost } from './pickle.ts';
import { badInput } from '../../read/problems.ts';

/** The bytes that tensors look at. */
export interface TorchStorage {
  readonly key: string;
  /** Null for an untyped one: its tensors say their type. */
  readonly type: ElementType | null;
  /** Elements; bytes when it is untyped. */
  readonly length: number;
  /** Where it begins in a storage that it is a part of, elements. Old files alone have such parts. */
  readonly firstElement: number;
}

/** A view of a storage: offset and strides in elements. Checked to lie in it, and to hold no element twice. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly type: ElementType;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: TorchStorage, type: ElementType, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const storageTypes: ReadonlyMap<string, ElementType | null> = new Map<string, ElementType | null>([
  ['torch.DoubleStorage', 'f8'], ['torch.FloatStorage', 'f4'], ['torch.HalfStorage', 'f2'], ['torch.BFloat16Storage', 'bf2'],
  ['torch.LongStorage', 'i8'], ['torch.IntStorage', 'i4'], ['torch.ShortStorage', 'i2'], ['torch.CharStorage', 'i1'],
  ['torch.ByteStorage', 'u1'], ['torch.BoolStorage', 'b1'], ['torch.UntypedStorage', null], ['torch.storage.UntypedStorage', null],
]);

/** Types without a storage of their own. */
const typesByName: ReadonlyMap<string, ElementType> = new Map([
  ['torch.uint16', 'u2'], ['torch.uint32', 'u4'], ['torch.uint64', 'u8'],
  ['torch.float8_e4m3fn', 'e4f1'], ['torch.float8_e5m2', 'e5f1'], ['torch.float8_e4m3fnuz', 'e4z1'], ['torch.float8_e5m2fnuz', 'e5z1'],
]);

const functions = new Set(['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_tensor_v3', 'torch.Size', 'collections.OrderedDict']);

/** The objects of a torch file: tensors, ordered dicts and sizes, and the storages that persistent ids name. */
export class TorchHost implements PickleHost {
  readonly storages = new Map<string, TorchStorage>();
  readonly #name: string;

  /** @param name of the file, as errors call it */
  constructor(name: string) {
    this.#name = name;
  }

  allows(global: string): boolean {
    return functions.has(global) || storageTypes.has(global) || typesByName.has(global);
  }

  call(global: string, args: readonly unknown[]): unknown {
    switch (global) {
      case 'torch._utils._rebuild_tensor_v2': return this.#tensor(args, null);
      case 'torch._utils._rebuild_tensor_v3': return this.#tensor(args, args[6]);
      case 'torch.Size': return args[0] ?? [];
      case 'collections.OrderedDict': return new Map(pairsOf(args[0]));
      default: throw this.#wrong(`it calls ${global}`);
    }
  }

  /** Of a storage: `("storage", type, key, device, elements)`, and in old files the part of it: `(key, offset, elements)`. */
  persistent(id: unknown): TorchStorage {
    const [kind, type, key, , length, part] = Array.isArray(id) ? (id as unknown[]) : [];
    const elementType = type instanceof PickleGlobal ? storageTypes.get(type.name) : undefined;
    if (kind !== 'storage' || elementType === undefined || typeof key !== 'string' || !isSize(length)) throw this.#wrong('it has a storage that cannot be understood');
    const whole: TorchStorage = { key, type: elementType, length, firstElement: 0 };
    const known = this.storages.get(key);
    if (known && (known.type !== whole.type || known.length !== length)) throw this.#wrong(`it describes storage ${key} in two ways`);
    this.storages.set(key, whole);
    if (!Array.isArray(part)) return whole;
    const [, firstElement, elements] = part as unknown[];
    if (!isSize(firstElement) || !isSize(elements) || firstElement + elements > length) throw this.#wrong(`a part of storage ${key} lies outside it`);
    return { ...whole, firstElement, length: elements };
  }

  #tensor(args: readonly unknown[], dtype: unknown): TorchTensor {
    const [storage, offset, shape, strides] = args;
    if (!isStorage(storage) || !isSize(offset) || !areSizes(shape) || !areSizes(strides) || shape.length !== strides.length) throw this.#wrong('it has a tensor that cannot be understood');
    const type = dtype instanceof PickleGlobal ? typesByName.get(dtype.name) : storage.type;
    if (!type) throw this.#wrong('it has a tensor without a type');
    const room = storage.type ? storage.length : Math.floor(storage.length / elementBytes(type));
    const elements = shape.reduce((product, size) => product * size, 1);
    const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], offset);
    const described = `of shape (${shape.join(', ')}) and strides (${strides.join(', ')}) at ${offset}`;
    if (elements > 0 && last >= room) throw this.#wrong(`a tensor ${described} reaches beyond its storage of ${room} elements`);
    if (elements > room) throw this.#wrong(`a tensor ${described} repeats the ${room} elements of its storage; save it with .contiguous()`);
    return new TorchTensor(storage, type, offset, shape, strides);
  }

  #wrong(what: string): Error {
    return badInput(this.#name, what, 'save plain tensors with torch.save({"counts": counts})');
  }
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'firstElement' in value;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isSize);
}

function pairsOf(items: unknown): [unknown, unknown][] {
  return Array.isArray(items) ? items.filter((item) => Array.isArray(item)).map((item: unknown[]) => [item[0], item[1]]) : [];
}

/** Objects looked at, and levels of dicts and lists: a pickle of a few bytes can name the same list a billion times. */
const mostObjects = 1_000_000;
const mostLevels = 32;

export interface NamedTensor {
  /** "counts", "moe/layer_3", "counts[17]"; "tensor" when the file is a single one. */
  readonly name: string;
  readonly tensor: TorchTensor;
}

/** All tensors in dicts and lists, in their order. What is no tensor is passed over. */
export function namedTensors(root: unknown, file: string): NamedTensor[] {
  const found: NamedTensor[] = [];
  let objects = 0;
  const visit = (value: unknown, name: string, level: number): void => {
    if (++objects > mostObjects || level > mostLevels) throw badInput(file, `it holds more than ${objects > mostObjects ? `${mostObjects} objects` : `${mostLevels} levels of dicts and lists`}`, 'save the load alone, as one tensor');
    if (value instanceof TorchTensor) found.push({ name: name || 'tensor', tensor: value });
    else if (Array.isArray(value)) value.forEach((item, i) => visit(item, `${name}[${i}]`, level + 1));
    else if (value instanceof Map) {
      for (const [key, item] of value as Map<unknown, unknown>) {
        const part = typeof key === 'string' || typeof key === 'number' ? String(key) : '?';
        visit(item, name ? `${name}/${part}` : part, level + 1);
      }
    }
  };
  visit(root, '', 0);
  return found;
}

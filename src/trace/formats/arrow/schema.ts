import type { FlatTable } from './flatbuffer.ts';

/** How the values of a field lie in its buffers. */
export type ArrowKind = 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | 'decimal' | 'text' | 'large text' | 'text view' | 'list' | 'large list' | 'fixed list' | 'structure' | 'other';

export interface ArrowField {
  readonly name: string;
  readonly kind: ArrowKind;
  /** What a kind "other" is, as an error calls it: "timestamp". */
  readonly typeName: string;
  /** Bytes of a decimal. */
  readonly typeBytes: number;
  /** What a decimal's whole number is divided by; 1 for others. */
  readonly divisor: number;
  /** Elements of every list of a "fixed list". */
  readonly listLength: number;
  readonly children: readonly ArrowField[];
  /** Buffers of its own, without those of its children; the data buffers of a text view come on top. */
  readonly buffers: number;
  /** Whether there are buffers as a batch's list of variable numbers says. */
  readonly isView: boolean;
  /** Where its values stand when the field holds places in a dictionary. */
  readonly dictionary: { readonly id: number; readonly values: ArrowField } | null;
}

const deepest = 16;
const mostFields = 1 << 18;

/** Names of types by their number, and how many buffers each has. */
const types: ReadonlyMap<number, readonly [string, number]> = new Map([
  [1, ['null', 0]], [4, ['bytes', 3]], [6, ['truth value', 2]], [8, ['date', 2]], [9, ['time', 2]], [10, ['timestamp', 2]], [11, ['interval', 2]],
  [15, ['fixed bytes', 2]], [17, ['map', 2]], [18, ['duration', 2]], [19, ['bytes', 3]], [22, ['run-end encoded', 0]], [23, ['bytes view', 2]], [25, ['list view', 3]], [26, ['list view', 3]],
]);

/** The fields of a schema. Throws what is no schema. */
export function arrowFields(schema: FlatTable): ArrowField[] {
  if (schema.int16(0) !== 0) throw new Error('its numbers are big-endian');
  let count = 0;
  const field = (table: FlatTable, depth: number): ArrowField => {
    // Tables may stand in one another without end.
    if (depth > deepest || ++count > mostFields) throw new Error('its fields are nested too deeply');
    const children = table.tables(5).map((child) => field(child, depth + 1));
    const own: ArrowField = { ...common, name: table.text(0), children, ...typeOf(table.int8(2), table.table(3)) };
    const dictionary = table.table(4);
    if (!dictionary) return own;
    const index = dictionary.table(1);
    const indexType = index ? intKind(index) : 'i4';
    return { ...common, name: own.name, kind: indexType, dictionary: { id: dictionary.int64(0), values: own } };
  };
  return schema.tables(1).map((table) => field(table, 0));
}

const common = { typeName: '', typeBytes: 0, divisor: 1, listLength: 0, children: [], buffers: 2, isView: false, dictionary: null } as const;

function typeOf(number: number, type: FlatTable | null): Pick<ArrowField, 'kind'> & Partial<ArrowField> {
  switch (number) {
    case 2: return type ? { kind: intKind(type) } : other('integer', 2);
    case 3: return { kind: (['f2', 'f4', 'f8'] as const)[type?.int16(0) ?? 0] ?? 'other', typeName: 'float' };
    case 5: return { kind: 'text', buffers: 3 };
    case 7: {
      const [scale, bits] = [type?.int32(1) ?? 0, type?.int32(2, 128) ?? 128];
      const isKnown = scale >= 0 && scale <= 40 && [32, 64, 128, 256].includes(bits);
      return isKnown ? { kind: 'decimal', divisor: 10 ** scale, typeBytes: bits / 8 } : other('decimal', 2);
    }
    case 12: return { kind: 'list' };
    case 13: return { kind: 'structure', buffers: 1 };
    // Sparse ones have a buffer of types, dense ones one of places too.
    case 14: return other('union', 1 + (type?.int16(0) === 1 ? 1 : 0));
    case 16: return { kind: 'fixed list', buffers: 1, listLength: type?.int32(0) ?? 0 };
    case 20: return { kind: 'large text', buffers: 3 };
    case 21: return { kind: 'large list' };
    case 24: return { kind: 'text view', isView: true };
    default: {
      const [name, buffers] = types.get(number) ?? [];
      if (name === undefined || buffers === undefined) throw new Error(`a field is of no known type (${number})`);
      return { ...other(name, buffers), isView: number === 23 };
    }
  }
}

function other(typeName: string, buffers: number): Pick<ArrowField, 'kind' | 'typeName' | 'buffers'> {
  return { kind: 'other', typeName, buffers };
}

function intKind(int: FlatTable): ArrowKind {
  const bytes = int.int32(0) / 8;
  const sign = int.int8(1) ? 'i' : 'u';
  const kind = `${sign}${bytes}`;
  if (isWhole(kind)) return kind;
  throw new Error(`an integer has ${bytes * 8} bits`);
}

function isWhole(kind: string): kind is 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' {
  return /^[iu][1248]$/.test(kind);
}

import { badInput } from '../../read/problems.ts';

/** A value that was logged: a number, or a list of numbers under one tag. */
export interface LoggedValue {
  readonly step: number;
  readonly tag: string;
  readonly value: number | readonly number[];
}

interface Field {
  readonly number: number;
  /** Of a varint, or of 4 or 8 bytes read by the caller. */
  readonly integer: number;
  readonly bytes: Uint8Array;
}

/** The fields of a protobuf message. Throws RangeError, as DataView does, when it ends inside one. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  const view = viewOf(message);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      if (scale > 2 ** 63) throw new RangeError('a varint of more than ten bytes');
    }
  };
  while (at < message.length) {
    const key = varint();
    const wire = key % 8;
    const integer = wire === 0 ? varint() : 0;
    const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : 0;
    if (![0, 1, 2, 5].includes(wire) || at + length > message.length) throw new RangeError('no protobuf message');
    yield { number: Math.floor(key / 8), integer, bytes: message.subarray(at, at + length) };
    at += length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Values of a TensorBoard event (tensorflow/core/util/event.proto, framework/summary.proto). Other content is passed over. */
export function valuesOfEvent(event: Uint8Array, file: string): LoggedValue[] {
  try {
    let step = 0;
    const found: { tag: string; value: number | readonly number[] }[] = [];
    for (const field of fieldsOf(event)) {
      if (field.number === 2) step = field.integer;
      if (field.number !== 5) continue;
      for (const one of fieldsOf(field.bytes)) if (one.number === 1) found.push(...summaryValue(one.bytes));
    }
    return found.map((one) => ({ ...one, step }));
  } catch (error) {
    if (error instanceof RangeError) throw badInput(file, 'a record in it is no TensorBoard event', 'open a file that TensorBoard’s writer made');
    throw error;
  }
}

function summaryValue(bytes: Uint8Array): { tag: string; value: number | readonly number[] }[] {
  let tag = '';
  let value: number | readonly number[] | null = null;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) tag = new TextDecoder().decode(field.bytes);
    if (field.number === 2 && field.bytes.length === 4) value = viewOf(field.bytes).getFloat32(0, true);
    if (field.number === 8) value = tensor(field.bytes) ?? value;
  }
  return value === null ? [] : [{ tag, value }];
}

const float32 = 1;
const float64 = 2;
const int32 = 3;
const int64 = 9;

/** A number for no axis, a list for one axis; null for more axes and for what is no number (framework/tensor.proto). */
function tensor(bytes: Uint8Array): number | readonly number[] | null {
  let type = 0;
  const shape: number[] = [];
  let content: Uint8Array = new Uint8Array(0);
  const values: number[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) type = field.integer;
    if (field.number === 2) for (const axis of fieldsOf(field.bytes)) if (axis.number === 2) for (const size of fieldsOf(axis.bytes)) if (size.number === 1) shape.push(size.integer);
    if (field.number === 4) content = field.bytes;
    if (field.number === 5) values.push(...elements(field.bytes, float32));
    if (field.number === 6) values.push(...elements(field.bytes, float64));
    if (field.number === 7 || field.number === 10) values.push(...(field.bytes.length > 0 ? varints(field.bytes) : [field.integer]));
  }
  const all = content.length > 0 ? elements(content, type) : values;
  if (all.length === 0 || shape.length > 1) return null;
  return shape.length === 0 ? all[0] : all;
}

function elements(bytes: Uint8Array, type: number): number[] {
  const view = viewOf(bytes);
  const of = (size: number, read: (at: number) => number): number[] => Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(i * size));
  switch (type) {
    case float32: return of(4, (at) => view.getFloat32(at, true));
    case float64: return of(8, (at) => view.getFloat64(at, true));
    case int32: return of(4, (at) => view.getInt32(at, true));
    case int64: return of(8, (at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true));
    default: return [];
  }
}

function varints(bytes: Uint8Array): number[] {
  const found: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    found.push(value);
    value = 0;
    scale = 1;
  }
  return found;
}

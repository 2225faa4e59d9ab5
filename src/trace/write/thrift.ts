/** A field of a structure in Thrift's compact protocol: its number and its value. */
export type ThriftField = readonly [number, ThriftContent];

export type ThriftContent =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly struct: readonly ThriftField[] }
  | { readonly i32s: readonly number[] }
  | { readonly texts: readonly string[] }
  | { readonly structs: readonly (readonly ThriftField[])[] };

const [i32Type, i64Type, textType, listType, structType] = [5, 6, 8, 9, 12];

/** The bytes of a structure. @param fields by rising number */
export function thriftBytes(fields: readonly ThriftField[]): number[] {
  const bytes: number[] = [];
  let before = 0;
  for (const [id, content] of fields) {
    bytes.push(((id - before) << 4) | typeOf(content));
    before = id;
    pushContent(bytes, content);
  }
  bytes.push(0);
  return bytes;
}

function typeOf(content: ThriftContent): number {
  if ('i32' in content) return i32Type;
  if ('i64' in content) return i64Type;
  if ('text' in content) return textType;
  return 'struct' in content ? structType : listType;
}

function pushContent(bytes: number[], content: ThriftContent): void {
  if ('i32' in content) pushVarint(bytes, zigzag(content.i32));
  else if ('i64' in content) pushVarint(bytes, zigzag(content.i64));
  else if ('text' in content) pushText(bytes, content.text);
  else if ('struct' in content) pushAll(bytes, thriftBytes(content.struct));
  else if ('i32s' in content) pushList(bytes, i32Type, content.i32s, (number) => pushVarint(bytes, zigzag(number)));
  else if ('texts' in content) pushList(bytes, textType, content.texts, (text) => pushText(bytes, text));
  else pushList(bytes, structType, content.structs, (struct) => pushAll(bytes, thriftBytes(struct)));
}

function pushList<Element>(bytes: number[], type: number, elements: readonly Element[], push: (element: Element) => void): void {
  if (elements.length < 15) bytes.push((elements.length << 4) | type);
  else {
    bytes.push(0xf0 | type);
    pushVarint(bytes, elements.length);
  }
  elements.forEach(push);
}

function pushText(bytes: number[], text: string): void {
  const encoded = new TextEncoder().encode(text);
  pushVarint(bytes, encoded.length);
  pushAll(bytes, encoded);
}

function pushAll(bytes: number[], more: Iterable<number>): void {
  for (const byte of more) bytes.push(byte);
}

/** 0, -1, 1, -2, … → 0, 1, 2, 3, … */
function zigzag(number: number): number {
  return number < 0 ? -2 * number - 1 : 2 * number;
}

/** A whole number up to 2⁵³ in groups of seven bits, lowest first. */
export function pushVarint(bytes: number[], number: number): void {
  let rest = number;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}

import { copyWithin } from './snappy.ts';

const literalBase = [...Array(16).keys(), 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];
const literalBits = [...Array<number>(16).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const matchBase = [...Array.from({ length: 32 }, (_, code) => code + 3), 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539];
const matchBits = [...Array<number>(32).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/** A table of finite state entropy: symbol, bits to read and what to add to them, by state. */
interface StateTable {
  readonly bits: number;
  readonly symbols: Uint8Array;
  readonly counts: Uint8Array;
  readonly bases: Uint16Array;
}

interface HuffmanTable {
  readonly bits: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

const shares = (text: string): number[] => text.split(' ').map(Number);
const literalDefault = stateTable(shares('4 3 2 2 2 2 2 2 2 2 2 2 2 1 1 1 2 2 2 2 2 2 2 2 2 3 2 1 1 1 1 1 -1 -1 -1 -1'), 6);
const matchDefault = stateTable(shares('1 4 3 2 2 2 2 2 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 -1 -1 -1 -1 -1 -1 -1'), 6);
const offsetDefault = stateTable(shares('1 1 1 1 1 1 2 2 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 -1 -1 -1 -1 -1'), 5);

const damaged = (): Error => new Error('it is damaged');

/** Up to 32 bits from bit `from` on, which may lie before the first byte: there are zeros. */
function bitsAt(bytes: Uint8Array, from: number, count: number): number {
  if (count > 16) return bitsAt(bytes, from + 16, count - 16) * 65_536 + bitsAt(bytes, from, 16);
  if (from < 0) return from + count <= 0 ? 0 : bitsAt(bytes, 0, from + count) * 2 ** -from;
  const at = from >> 3;
  return ((bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) >>> (from & 7)) & ((1 << count) - 1);
}

/** Where the bits of a stream end that is read from its end: below the highest bit that is set. */
function lastBit(bytes: Uint8Array): number {
  const last = bytes[bytes.length - 1];
  if (!last) throw damaged();
  return bytes.length * 8 - 1 - (Math.clz32(last) - 24);
}

/** @param probabilities of symbols, -1 for "less than one" */
function stateTable(probabilities: readonly number[], bits: number): StateTable {
  const size = 1 << bits;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size;
  probabilities.forEach((probability, symbol) => {
    next[symbol] = Math.abs(probability);
    if (probability < 0) symbols[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  probabilities.forEach((probability, symbol) => {
    for (let i = 0; i < probability; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1); while (at >= high);
    }
  });
  const counts = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const rank = next[symbols[state]]++;
    counts[state] = bits - (31 - Math.clz32(rank));
    bases[state] = (rank << counts[state]) - size;
  }
  return { bits, symbols, counts, bases };
}

/** Reads a table from its description. @returns it, and where its bytes end */
function readStateTable(bytes: Uint8Array, start: number, mostBits: number, mostSymbols: number): { readonly table: StateTable; readonly end: number } {
  const bits = (bytes[start] & 15) + 5;
  if (!(bits <= mostBits)) throw damaged();
  let at = start * 8 + 4;
  let left = 1 << bits;
  const probabilities: number[] = [];
  while (left > 0) {
    if (at > bytes.length * 8 || probabilities.length >= mostSymbols) throw damaged();
    const width = 32 - Math.clz32(left + 1);
    const low = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 1 - (left + 1);
    let value = bitsAt(bytes, at, width);
    if ((value & low) < threshold) {
      at += width - 1;
      value &= low;
    } else {
      at += width;
      if (value > low) value -= threshold;
    }
    const probability = value - 1;
    left -= Math.abs(probability);
    probabilities.push(probability);
    if (probability !== 0) continue;
    for (let zeros = 3; zeros === 3;) {
      zeros = bitsAt(bytes, at, 2);
      at += 2;
      for (let i = 0; i < zeros; i++) probabilities.push(0);
      if (probabilities.length > mostSymbols) throw damaged();
    }
  }
  const end = Math.ceil(at / 8);
  if (left < 0 || end > bytes.length) throw damaged();
  return { table: stateTable(probabilities, bits), end };
}

/** Reads a Huffman table from its description. @returns it, and where its bytes end */
function readHuffman(bytes: Uint8Array): { readonly table: HuffmanTable; readonly end: number } {
  const head = bytes[0];
  const weights: number[] = [];
  let end: number;
  if (head >= 128) {
    const count = head - 127;
    end = 1 + Math.ceil(count / 2);
    if (end > bytes.length) throw damaged();
    for (let i = 0; i < count; i++) weights.push(i % 2 === 0 ? bytes[1 + (i >> 1)] >> 4 : bytes[1 + (i >> 1)] & 15);
  } else {
    end = 1 + head;
    if (!(end <= bytes.length)) throw damaged();
    const own = bytes.subarray(0, end);
    const { table, end: from } = readStateTable(own, 1, 6, 256);
    const stream = own.subarray(from);
    let at = lastBit(stream);
    const states = [bitsAt(stream, (at -= table.bits), table.bits), bitsAt(stream, (at -= table.bits), table.bits)];
    for (let turn = 0; ; turn ^= 1) {
      weights.push(table.symbols[states[turn]]);
      if (weights.length > 254) throw damaged();
      const count = table.counts[states[turn]];
      at -= count;
      if (at < 0) {
        weights.push(table.symbols[states[turn ^ 1]]);
        break;
      }
      states[turn] = table.bases[states[turn]] + bitsAt(stream, at, count);
    }
  }
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  const bits = 32 - Math.clz32(sum);
  const rest = 2 ** bits - sum;
  if (sum === 0 || sum >= 1 << 11 || (rest & (rest - 1)) !== 0) throw damaged();
  weights.push(32 - Math.clz32(rest));
  const symbols = new Uint8Array(1 << bits);
  const lengths = new Uint8Array(1 << bits);
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const span = 1 << (weight - 1);
      symbols.fill(symbol, at, at + span);
      lengths.fill(bits + 1 - weight, at, at + span);
      at += span;
    });
  }
  if (at !== 1 << bits) throw damaged();
  return { table: { bits, symbols, lengths }, end };
}

function huffmanStream(bytes: Uint8Array, into: Uint8Array, { bits, symbols, lengths }: HuffmanTable): void {
  let at = lastBit(bytes);
  const mask = (1 << bits) - 1;
  // Where three bytes can be read without a look at the ends.
  const safe = bytes.length * 8 - 24;
  for (let i = 0; i < into.length; i++) {
    const from = at - bits;
    const byte = from >> 3;
    const code = from >= 0 && from <= safe ? ((bytes[byte] | (bytes[byte + 1] << 8) | (bytes[byte + 2] << 16)) >>> (from & 7)) & mask : bitsAt(bytes, from, bits);
    into[i] = symbols[code];
    at -= lengths[code];
    if (at < 0) throw damaged();
  }
  if (at !== 0) throw damaged();
}

/** The most that a block unpacks to. */
export const mostBlockBytes = 1 << 17;

/** So many literals are copied one by one. */
const fewLiterals = 32;

/** Bytes that are unpacked before the history is moved. */
const slackBytes = 1 << 20;

/**
 * Unpacks the blocks of one frame, which look back in what came before. Written here because fzstd runs for seconds or
 * without end on damaged blocks: every step is bounded by the sizes of its block. Memory is the history that is really used.
 */
export class ZstdBlocks {
  readonly #windowBytes: number;
  #content = new Uint8Array(0);
  #filled = 0;
  #huffman: HuffmanTable | null = null;
  readonly #tables: (StateTable | null)[] = [null, null, null];
  readonly #offsets = [1, 4, 8];

  /** @param windowBytes how far blocks may look back */
  constructor(windowBytes: number) {
    this.#windowBytes = windowBytes;
  }

  /** @returns what the block holds: a copy */
  raw(block: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = this.#makeRoom(block.length);
    this.#content.set(block, start);
    return this.#took(start, block.length);
  }

  /** A byte that comes `bytes` times. */
  run(byte: number, bytes: number): Uint8Array<ArrayBuffer> {
    const start = this.#makeRoom(bytes);
    this.#content.fill(byte, start, start + bytes);
    return this.#took(start, bytes);
  }

  compressed(block: Uint8Array): Uint8Array<ArrayBuffer> {
    const start = this.#makeRoom(mostBlockBytes);
    this.#block(block);
    if (this.#filled - start > mostBlockBytes) throw damaged();
    return this.#content.slice(start, this.#filled);
  }

  #took(start: number, bytes: number): Uint8Array<ArrayBuffer> {
    this.#filled = start + bytes;
    return this.#content.slice(start, this.#filled);
  }

  /** Makes room for a block behind what is there. @returns where it goes */
  #makeRoom(bytes: number): number {
    if (bytes > mostBlockBytes) throw damaged();
    if (this.#filled + bytes <= this.#content.length) return this.#filled;
    const most = this.#windowBytes + slackBytes;
    if (this.#content.length < most) {
      const larger = new Uint8Array(Math.min(most, Math.max(this.#filled + bytes, this.#content.length * 2)));
      larger.set(this.#content.subarray(0, this.#filled));
      this.#content = larger;
      return this.#makeRoom(bytes);
    }
    this.#content.copyWithin(0, this.#filled - this.#windowBytes, this.#filled);
    this.#filled = this.#windowBytes;
    return this.#filled;
  }

  #block(block: Uint8Array): void {
    const { literals, end } = this.#literals(block);
    let at = end;
    let count = block[at++] ?? 0;
    if (count === 255) {
      count = (block[at] | (block[at + 1] << 8)) + 0x7f00;
      at += 2;
    } else if (count > 127) count = ((count - 128) << 8) | block[at++];
    let used = 0;
    if (count > 0) used = this.#sequences(block, at, count, literals);
    const rest = literals.subarray(used);
    if (rest.length > this.#content.length - this.#filled) throw damaged();
    this.#content.set(rest, this.#filled);
    this.#filled += rest.length;
  }

  #literals(block: Uint8Array): { readonly literals: Uint8Array; readonly end: number } {
    const kind = block[0] & 3;
    const form = (block[0] >> 2) & 3;
    if (kind < 2) {
      const headBytes = form === 1 ? 2 : form === 3 ? 3 : 1;
      const size = bitsAt(block, form === 1 || form === 3 ? 4 : 3, [5, 12, 5, 20][form]);
      const end = headBytes + (kind === 0 ? size : 1);
      if (size > mostBlockBytes || end > block.length) throw damaged();
      return { literals: kind === 0 ? block.subarray(headBytes, end) : new Uint8Array(size).fill(block[headBytes]), end };
    }
    const width = [10, 10, 14, 18][form];
    const headBytes = [3, 3, 4, 5][form];
    const [size, packedBytes] = [bitsAt(block, 4, width), bitsAt(block, 4 + width, width)];
    const end = headBytes + packedBytes;
    if (size > mostBlockBytes || end > block.length) throw damaged();
    let streams = block.subarray(headBytes, end);
    if (kind === 2) {
      const read = readHuffman(streams);
      this.#huffman = read.table;
      streams = streams.subarray(read.end);
    }
    if (!this.#huffman) throw damaged();
    const literals = new Uint8Array(size);
    if (form === 0) huffmanStream(streams, literals, this.#huffman);
    else {
      const quarter = Math.ceil(size / 4);
      let from = 6;
      for (let i = 0; i < 4; i++) {
        const to = i < 3 ? from + bitsAt(streams, 16 * i, 16) : streams.length;
        if (to > streams.length || from > to || quarter * i > size) throw damaged();
        huffmanStream(streams.subarray(from, to), literals.subarray(quarter * i, i < 3 ? quarter * (i + 1) : size), this.#huffman);
        from = to;
      }
    }
    return { literals, end };
  }

  /** @returns literals that were taken */
  #sequences(block: Uint8Array, start: number, count: number, literals: Uint8Array): number {
    const modes = block[start];
    let at = start + 1;
    const limits = [[9, 36, literalDefault], [8, 32, offsetDefault], [9, 53, matchDefault]] as const;
    const tables = limits.map(([mostBits, mostSymbols, standard], i): StateTable => {
      const mode = (modes >> (6 - 2 * i)) & 3;
      let table: StateTable | null = standard;
      if (mode === 1) {
        if (!(block[at] < mostSymbols)) throw damaged();
        table = { bits: 0, symbols: Uint8Array.of(block[at++]), counts: new Uint8Array(1), bases: new Uint16Array(1) };
      } else if (mode === 2) {
        const read = readStateTable(block, at, mostBits, mostSymbols);
        table = read.table;
        at = read.end;
      } else if (mode === 3) table = this.#tables[i];
      if (!table) throw damaged();
      this.#tables[i] = table;
      return table;
    });
    const [literalTable, offsetTable, matchTable] = tables;
    const stream = block.subarray(at);
    let bit = lastBit(stream);
    const safe = stream.length * 8 - 24;
    const read = (bits: number): number => {
      if (bits === 0) return 0;
      bit -= bits;
      if (bit < 0) throw damaged();
      if (bits > 16 || bit > safe) return bitsAt(stream, bit, bits);
      const byte = bit >> 3;
      return ((stream[byte] | (stream[byte + 1] << 8) | (stream[byte + 2] << 16)) >>> (bit & 7)) & ((1 << bits) - 1);
    };
    let literalState = read(literalTable.bits);
    let offsetState = read(offsetTable.bits);
    let matchState = read(matchTable.bits);
    const content = this.#content;
    const blockStart = this.#filled;
    let used = 0;
    for (let i = 0; i < count; i++) {
      const offsetCode = offsetTable.symbols[offsetState];
      const literalCode = literalTable.symbols[literalState];
      const matchCode = matchTable.symbols[matchState];
      if (offsetCode > 30) throw damaged();
      const value = (1 << offsetCode) + read(offsetCode);
      const match = matchBase[matchCode] + read(matchBits[matchCode]);
      const length = literalBase[literalCode] + read(literalBits[literalCode]);
      const offset = this.#offset(value, length);
      const end = this.#filled + length + match;
      if (used + length > literals.length || end > content.length || end - blockStart > mostBlockBytes) throw damaged();
      if (length > fewLiterals) content.set(literals.subarray(used, used + length), this.#filled);
      else for (let i = 0; i < length; i++) content[this.#filled + i] = literals[used + i];
      used += length;
      this.#filled += length;
      if (offset < 1 || offset > this.#filled) throw damaged();
      copyWithin(content, this.#filled, offset, match);
      this.#filled += match;
      if (i + 1 === count) break;
      literalState = literalTable.bases[literalState] + read(literalTable.counts[literalState]);
      matchState = matchTable.bases[matchState] + read(matchTable.counts[matchState]);
      offsetState = offsetTable.bases[offsetState] + read(offsetTable.counts[offsetState]);
    }
    if (bit !== 0) throw damaged();
    return used;
  }

  /** How far back a value means: the last three are remembered. */
  #offset(value: number, literals: number): number {
    const offsets = this.#offsets;
    const which = value > 3 ? 3 : value - 1 + (literals === 0 ? 1 : 0);
    if (which === 0) return offsets[0];
    const offset = value > 3 ? value - 3 : which === 3 ? offsets[0] - 1 : offsets[which];
    if (which !== 1) offsets[2] = offsets[1];
    offsets[1] = offsets[0];
    offsets[0] = offset;
    return offset;
  }
}

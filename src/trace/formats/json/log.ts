/** Records of JSON between the lines of a log, or behind what a logger puts before them. */
import { amount } from '../../amount.ts';
import { JsonExtent } from './extent.ts';
import { Lines } from './lines.ts';
import { JsonFault, parseJson } from './parse.ts';
import { isRecord, planRecord, type JsonRecord } from './plan.ts';
import { shown } from '../../read/names.ts';
import { Questions } from '../../read/questions.ts';

const opening = 123;

/** Places in a line at which a record is tried: what else stands in braces are words. */
const mostPlaces = 8;

/** The beginning of a line that is looked at. */
const lookedAtBytes = 1000;

/** Whether a text begins as JSON does: "[2026-01-01 12:00:00] iter 3", "[rank0]: …" and "[0] …" do not. */
export function beginsAsJson(text: string): boolean {
  if (/^\s*\[\d+\][^\S\n]*[^\s,[\]]/.test(text)) return false;
  return /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:[[{"\]]|-?\d[\d.eE+-]*\s*(?:[,\]]|$)|(?:NaN|null|-?Infinity)\b|$))/.test(text);
}

/** The same of a line's bytes. */
export function lineBeginsAsJson(line: Uint8Array): boolean {
  return beginsAsJson(new TextDecoder().decode(line.subarray(0, lookedAtBytes)));
}

/** The first record in a line that does not begin with one: `INFO:root:{"step": 3, …}`; null where there is none. */
export function recordInLine(line: Uint8Array): JsonRecord | null {
  const extent = new JsonExtent();
  let at = line.indexOf(opening);
  for (let place = 0; at >= 0 && place < mostPlaces; place++) {
    extent.begin(opening);
    const end = extent.advance(line, at, line.length);
    if (!extent.ended) return null;
    const value = tryJson(line.subarray(at, end));
    if (value) return value;
    at = line.indexOf(opening, at + 1);
  }
  return null;
}

function tryJson(bytes: Uint8Array): JsonRecord | null {
  try {
    const value = parseJson(bytes);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof JsonFault) return null;
    throw error;
  }
}

/** Whether some whole line of a file's beginning holds a record, and whether one that does has loads. */
export function recordsInLog(head: Uint8Array): 'none' | 'some' | 'loads' {
  let found: 'none' | 'some' = 'none';
  for (const line of new Lines('').push(head)) {
    const record = line.includes(opening) ? recordInLine(line) : null;
    if (!record) continue;
    if (planRecord(record, new Questions())) return 'loads';
    found = 'some';
  }
  return found;
}

/** Lines that were passed over. */
export class PassedLines {
  #count = 0;
  #first = '';

  add(line: Uint8Array, number: number): void {
    if (this.#count++ === 0) this.#first = `line ${number}: "${shown(new TextDecoder().decode(line.subarray(0, lookedAtBytes)).trim())}"`;
  }

  notes(): string[] {
    if (this.#count === 0) return [];
    return [`${amount(this.#count, 'line')} without a record of JSON ${this.#count === 1 ? 'is' : 'are'} left out${this.#count === 1 ? ',' : '; the first is'} ${this.#first}`];
  }
}

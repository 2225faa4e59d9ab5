import { TraceBuilder } from './builder.ts';
import { chunksOf } from './chunks.ts';
import { JsonConsumer } from './json-consume.ts';
import { Document, isBlank, Lines, parseJson, type Json } from './json-lines.ts';
import { depthOf, isRecord } from './json-plan.ts';
import { badInput, Problems } from './problems.ts';
import { Questions } from './questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from './reader.ts';

/** JSON: a record a line, or one document. */
export const jsonlReader: Reader = {
  id: 'jsonl',
  label: 'JSON or JSON lines',
  inOrder: true,

  sniff(head, name) {
    if (head.includes(0)) return 0;
    const text = new TextDecoder().decode(head.subarray(0, 4096)).replace(/^\uFEFF/, '').trimStart();
    if (!/^(?:\{\s*["}]|\[\s*[[{\d\-"\]])/.test(text)) return 0;
    return /\.(json|jsonl|ndjson)$/i.test(name) ? 1 : 0.8;
  },

  read: readJson,
};

async function readJson(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const questions = new Questions(options.mapping);
  const problems = new Problems(name);
  const builder = new TraceBuilder(name, options.store);
  const consumer = new JsonConsumer(name, builder, problems, questions);
  const lines = new Lines(name);
  /** The first line, until a second one shows that it is no whole document. */
  let first: { value: Json; line: number } | null = null;
  let many = false;
  /** Lines of a document that is spread over several. */
  let document: Document | null = null;

  const take = (line: Uint8Array): void => {
    if (document) return document.add(line);
    if (isBlank(line)) return;
    let value: Json;
    try {
      value = parseJson(lines.line === 1 ? withoutMark(line) : line);
    } catch (error) {
      if (!first && !many) {
        document = new Document(name);
        document.add(withoutMark(line));
      } else {
        problems.add({ place: `line ${lines.line}`, what: `it is not valid JSON (${reasonOf(error)})`, remedy: 'fix the line or leave it out' });
      }
      return;
    }
    if (!first && !many) {
      first = { value, line: lines.line };
      return;
    }
    if (first) {
      consumer.record(first.value, `line ${first.line}`);
      first = null;
      many = true;
    }
    consumer.record(value, `line ${lines.line}`);
  };

  for await (const piece of chunksOf(source, options)) for (const line of lines.push(piece)) take(line);
  for (const line of lines.end()) take(line);
  const whole = documentOf(name, document, first);
  if (whole !== undefined) for (const { value, place } of recordsOf(whole)) consumer.record(value, place);
  problems.throwIfAny();
  consumer.finish();
  return builder.finish({ name, format: many ? 'JSON lines' : 'JSON', questions: questions.all, notes: consumer.notes() });
}

function documentOf(name: string, document: Document | null, first: { readonly value: Json } | null): Json | undefined {
  if (!document) return first?.value;
  try {
    return parseJson(document.bytes());
  } catch (error) {
    throw badInput(name, `it is not valid JSON (${reasonOf(error)})`, 'check that the file is whole, then open it again');
  }
}

/** The records inside a document: its elements, those of its longest list of objects, or itself. */
function* recordsOf(value: Json): Generator<{ value: Json; place: string }> {
  if (Array.isArray(value)) {
    if (depthOf(value) === 3) yield { value: { counts: value }, place: 'the array' };
    else for (const [index, record] of value.entries()) yield { value: record, place: `record ${index}` };
    return;
  }
  const lists = isRecord(value) ? Object.entries(value).filter((entry): entry is [string, Json[]] => Array.isArray(entry[1]) && isRecord(entry[1][0])) : [];
  const longest = lists.sort(([, a], [, b]) => b.length - a.length)[0];
  if (!longest) yield { value, place: 'the document' };
  else for (const [index, record] of longest[1].entries()) yield { value: record, place: `${longest[0]}[${index}]` };
}

function withoutMark(line: Uint8Array): Uint8Array {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 160);
}

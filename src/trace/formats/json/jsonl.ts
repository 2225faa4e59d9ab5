import { TraceBuilder } from '../../build/builder.ts';
import { chunksOf } from '../../read/chunks.ts';
import { JsonBeginning } from './begin.ts';
import { JsonConsumer } from './consume.ts';
import { DocumentReading, planDocument, type DocumentPlan } from './document.ts';
import { isBlank, Lines } from './lines.ts';
import { beginsAsJson, lineBeginsAsJson, PassedLines, recordInLine, recordsInLog } from './log.ts';
import { beginningOfJson, JsonFault, parseJson, type Json } from './parse.ts';
import { invalid, JsonWalk } from './walk.ts';
import { badInput, Problems } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';
import type { ReadOptions, ReadResult, Reader } from '../../read/reader.ts';

/** JSON: a record a line, or one document. */
export const jsonlReader: Reader = {
  id: 'jsonl',
  label: 'JSON or JSON lines',
  inOrder: true,

  sniff(head, name) {
    if (head.includes(0)) return 0;
    const named = /\.(json|jsonl|ndjson)$/i.test(name);
    if (/\S/.test(textOf(head)) && beginsAsJson(textOf(head))) return named ? 1 : 0.8;
    const records = recordsInLog(head);
    if (records === 'loads') return 0.95;
    // A log may tell of other things before its first loads.
    return records === 'some' || named ? 0.4 : /\.(log|out)$/i.test(name) ? 0.1 : 0;
  },

  async read(source, options) {
    const reading = new JsonReading(source.name, options);
    for await (const piece of chunksOf(source, options)) reading.push(piece);
    return reading.finish();
  },
};

/** The beginning of a file as text. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 4096)).replace(/^\uFEFF/, '');
}

/** How much of a document is looked at before its layout is decided; more, up to the limit, while that does not show it. */
const lookedAtBytes = 1 << 20;
const mostLookedAtBytes = 256 << 20;

/** Whether the first line is there and is no JSON. @param whole whether the bytes are the whole file */
function isLog(bytes: Uint8Array, whole: boolean): boolean {
  const [first, ...others] = textOf(bytes).trimStart().split('\n', 2);
  return first !== '' && (whole || others.length > 0) && !beginsAsJson(first);
}

/** What is common to both forms of a file. */
interface Context {
  readonly name: string;
  readonly questions: Questions;
  readonly problems: Problems;
  readonly builder: TraceBuilder;
  readonly consumer: JsonConsumer;
}

/** Takes the bytes of a file once its form is known. */
interface FormReading {
  readonly form: string;
  push(piece: Uint8Array): void;
  finish(): void;
}

/** Collects the beginning of a file until it shows whether it is lines or a document, and how that is laid out; then reads on. */
class JsonReading {
  readonly #context: Context;
  readonly #options: ReadOptions;
  #begin = new JsonBeginning();
  #wanted = lookedAtBytes;
  #form: FormReading | null = null;

  constructor(name: string, options: ReadOptions) {
    const { mapping, store } = options;
    this.#options = options;
    const [questions, problems, builder] = [new Questions(mapping), new Problems(name), new TraceBuilder(name, store)];
    this.#context = { name, questions, problems, builder, consumer: new JsonConsumer(name, builder, problems, questions) };
  }

  push(piece: Uint8Array): void {
    if (this.#form) return this.#form.push(piece);
    this.#begin.add(piece);
    const begin = this.#begin;
    if (isLog(begin.bytes, false)) this.#start(lines(this.#context));
    else if (begin.hasSecond) this.#start(begin.firstIsLine ? lines(this.#context) : documents(this.#context, this.#plan(true)));
    else if (!begin.hasFirst && begin.bytes.length >= this.#wanted) {
      const plan = this.#plan(false);
      if (plan) return this.#start(documents(this.#context, plan));
      this.#wanted *= 2;
      if (this.#wanted > mostLookedAtBytes) throw badInput(this.#context.name, 'its first 256 MB show no loads', 'save it as JSON lines, a line a step, or with numpy.save');
    }
  }

  finish(): Promise<ReadResult> {
    const { name, questions, problems, builder, consumer } = this.#context;
    if (!this.#form) this.#start(isLog(this.#begin.bytes, true) ? lines(this.#context) : documents(this.#context, this.#plan(true)));
    this.#form?.finish();
    problems.throwIfAny();
    consumer.finish();
    return builder.finish({ name, format: this.#form?.form ?? 'JSON', questions, notes: consumer.notes(), namedShares: consumer.namedShares }, this.#options);
  }

  #plan(whole: boolean): DocumentPlan | null {
    const { name, questions } = this.#context;
    try {
      return planDocument(name, beginningOfJson(this.#begin.bytes), whole, questions);
    } catch (error) {
      throw error instanceof JsonFault ? invalid(name, error.message, error.at) : error;
    }
  }

  #start(form: FormReading): void {
    this.#form = form;
    form.push(this.#begin.bytes);
    // Up to 256 MB that are not needed any more.
    this.#begin = new JsonBeginning();
  }
}

/** A record a line. A broken one is a problem of its own; lines of a log between them are passed over. */
function lines({ name, problems, consumer }: Context): FormReading {
  const cut = new Lines(name);
  const passed = new PassedLines();
  const take = (line: Uint8Array): void => {
    let value: Json;
    try {
      value = parseJson(line);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      if (lineBeginsAsJson(line)) {
        return problems.add({ place: `line ${cut.line}`, what: `it is not valid JSON (${error.message}, column ${error.at + 1})`, remedy: 'fix the line or leave it out' });
      }
      const record = recordInLine(line);
      if (!record) return passed.add(line, cut.line);
      value = record;
    }
    consumer.record(value, `line ${cut.line}`);
  };
  return {
    form: 'JSON lines',
    push(piece) {
      for (const line of cut.push(piece)) if (!isBlank(line)) take(line);
    },
    finish() {
      for (const line of cut.end()) if (!isBlank(line)) take(line);
      consumer.remarks.push(...passed.notes());
    },
  };
}

/** One document, or several behind each other. */
function documents({ name, builder, consumer }: Context, plan: DocumentPlan | null): FormReading {
  const walk = new JsonWalk(name, new DocumentReading(name, plan ?? { kind: 'record' }, builder, consumer));
  return { form: 'JSON', push: (piece) => walk.push(piece), finish: () => walk.finish() };
}

import { TraceBuilder } from '../../build/builder.ts';
import { markedNumbers } from './begin-marks.ts';
import { chunksOf } from '../../read/chunks.ts';
import { planColumns } from '../../tables/columns.ts';
import { findDelimiter, HeadCollector } from './head.ts';
import { longRows, wideRows, type RowConsumer } from '../../tables/consume.ts';
import { isExportedScalar } from '../tensorboard/exported.ts';
import { CsvRows } from './rows.ts';
import { badInput, Problems } from '../../read/problems.ts';
import { Questions } from '../../read/questions.ts';
import type { ReadOptions, ReadResult, Reader, Source } from '../../read/reader.ts';

/** Tables in text: comma, tab, semicolon or bar separated; a row a load (long) or a row a step (wide). */
export const csvReader: Reader = {
  id: 'csv',
  label: 'CSV or TSV table',
  inOrder: true,

  sniff(head, name) {
    if (head.includes(0)) return 0;
    const lines = new TextDecoder().decode(head).replace(/^\uFEFF/, '').trimStart().split('\n', 2);
    const named = /\.(csv|tsv|txt|dat)$/i.test(name);
    if (/^[[{]/.test(lines[0])) return 0;
    if (findDelimiter(lines[0].slice(0, 100_000)) === null) return named ? 0.3 : 0;
    return named ? 0.9 : 0.5;
  },

  read: readCsv,
};

async function readCsv(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { name } = source;
  const questions = new Questions(options.mapping);
  const problems = new Problems(name);
  const collector = new HeadCollector();
  let reading: { rows: CsvRows; consume: RowConsumer; form: string; notes: () => readonly string[]; namedShares: boolean } | null = null;
  const builder = new TraceBuilder(name, options.store);

  const begin = (): NonNullable<typeof reading> => {
    const head = collector.finish(name);
    if (isExportedScalar(head.columns)) {
      throw badInput(name, 'no column for the expert: it is one scalar that TensorBoard exported', 'open the CSV files of all experts of a run together, or TensorBoard’s event files', head.place);
    }
    const { plan, notes, namedShares } = planColumns(name, head, questions);
    const marked = head.delimiter === ',' ? null : markedNumbers(name, head, plan, questions);
    const rows = new CsvRows(name, head.delimiter.charCodeAt(0), head.columns.length, head.restLine, marked);
    const context = { rows, plain: rows, builder, problems, columns: head.columns, file: name };
    const consume = plan.form === 'long' ? longRows(plan, context) : wideRows(plan, context);
    const kind = head.delimiter === '\t' ? 'TSV' : 'CSV';
    if (rows.feed(head.rest)) consume.all();
    return { rows, consume, form: `${kind}, ${plan.form}`, notes: () => [...head.notes, ...notes, ...(marked?.notes() ?? []), ...consume.notes()], namedShares };
  };

  for await (const piece of chunksOf(source, options)) {
    if (reading) {
      if (reading.rows.feed(piece)) reading.consume.all();
    } else if (collector.add(piece)) {
      reading = begin();
    }
  }
  reading ??= begin();
  reading.rows.end();
  reading.consume.all();
  problems.throwIfAny();
  return builder.finish({ name, format: reading.form, namedShares: reading.namedShares, questions, notes: reading.notes() }, options);
}

import { amount } from '../amount.ts';
import type { TraceBuilder } from '../build/builder.ts';
import { largestLoad } from '../read/load.ts';
import { shown } from '../read/names.ts';
import type { Problems } from '../read/problems.ts';
import type { LongPlan, WidePlan } from './columns.ts';
import type { PlainRows, TableRows } from './rows.ts';

/** Takes rows of a table into a trace. */
export interface RowConsumer {
  /** Takes all rows that are complete. */
  all(): void;
  notes(): string[];
}

export interface ConsumeContext {
  readonly rows: TableRows;
  /** The same rows, where many can be taken at once. */
  readonly plain?: PlainRows;
  readonly builder: TraceBuilder;
  readonly problems: Problems;
  readonly columns: readonly string[];
  readonly file: string;
}

const fixCell = 'fix the cell or leave the column out';
const fixRow = 'fix the row or leave it out';

/** What both forms share: checks of cells, with errors that name row and column. */
class Cells {
  emptyCells = 0;
  readonly #context: ConsumeContext;

  constructor(context: ConsumeContext) {
    this.#context = context;
  }

  problem(column: number, description: string): void {
    const { rows, columns, problems, file } = this.#context;
    const empty = rows.numbers[column] !== rows.numbers[column] && rows.isEmpty(column);
    const value = Number.isSafeInteger(rows.numbers[column]) && rows.numbers[column] >= 0 ? String(rows.numbers[column]) : rows.text(column);
    problems.add({
      place: rows.place,
      where: `${file} ${rows.place}, column ${column + 1}`,
      what: empty ? `the cell is empty (column ${shown(columns[column])})` : `"${value.slice(0, 60)}" is not ${description} (column ${shown(columns[column])})`,
      remedy: fixCell,
    });
  }

  /** Whether the row has as many cells as the header; else it is a problem. */
  isWhole(cells: number): boolean {
    const { rows, columns, problems } = this.#context;
    if (cells === columns.length) return true;
    problems.add({ place: rows.place, what: `${cells} cell${cells > 1 ? 's' : ''}, where the first line has ${columns.length}`, remedy: fixRow });
    return false;
  }

  /** The step of the row, NaN after noting a problem. */
  step(column: number): number {
    const step = this.#context.rows.numbers[column];
    if (step >>> 0 === step || (Number.isSafeInteger(step) && step >= 0)) return step;
    this.problem(column, 'a training step');
    return NaN;
  }

  /** The load in a column; 0 for an empty cell, NaN after noting a problem. */
  load(column: number): number {
    const { rows } = this.#context;
    const load = rows.numbers[column];
    if (load >= 0 && load <= largestLoad) return load;
    if (load !== load && rows.isEmpty(column)) {
      this.emptyCells++;
      return 0;
    }
    this.problem(column, load < 0 ? 'a count: it is negative' : 'a count');
    return NaN;
  }

  loss(column: number, row: number): void {
    const { rows, builder } = this.#context;
    if (column >= 0 && rows.numbers[column] === rows.numbers[column]) builder.putLoss(row, rows.numbers[column]);
  }

  notes(): string[] {
    return this.emptyCells > 0 ? [`${this.emptyCells} empty cell${this.emptyCells > 1 ? 's' : ''} read as 0`] : [];
  }
}

/** Numbers of layers by what stands in a layer column. */
class LayerColumn {
  readonly #context: ConsumeContext;
  readonly #cells: Cells;
  readonly #column: number;
  readonly #byNumber: number[] = [];
  #lastText = '';
  #lastLayer = -1;

  constructor(context: ConsumeContext, cells: Cells, column: number) {
    this.#context = context;
    this.#cells = cells;
    this.#column = column;
  }

  /** The builder's number of the layer of this number, -1 when it is none that a layer has. */
  numbered(value: number): number {
    return value >>> 0 === value && value < 65_536 ? (this.#byNumber[value] ??= this.#context.builder.layer(String(value))) : -1;
  }

  /** The builder's number of the row's layer, -1 after noting a problem. */
  layer(): number {
    const { rows, builder } = this.#context;
    const value = rows.numbers[this.#column];
    const numbered = this.numbered(value);
    if (numbered >= 0) return numbered;
    if (value === value || rows.isEmpty(this.#column)) {
      this.#cells.problem(this.#column, 'a layer');
      return -1;
    }
    const text = rows.text(this.#column);
    if (text !== this.#lastText) {
      this.#lastText = text;
      this.#lastLayer = builder.layer(/^(?:moe[ _.-]?)?layers?[ _.-]?(\d+)$/i.exec(text)?.[1] ?? text);
    }
    return this.#lastLayer;
  }
}

/** Takes all rows at hand: plain ones many at once, the others one by one. */
function takeAll({ rows, plain }: ConsumeContext, takePlain: (row: number) => void, take: (cells: number) => void): void {
  for (;;) {
    if (plain) {
      for (let count = plain.nextPlain(); count > 0; count = plain.nextPlain()) {
        for (let row = 0; row < count; row++) takePlain(row);
      }
    }
    const cells = rows.next();
    if (cells === 0) return;
    take(cells);
  }
}

const noCells = new Int32Array(0);

/** A row a load. Rows may come in any order. */
export function longRows(plan: LongPlan, context: ConsumeContext): RowConsumer {
  const { rows, builder } = context;
  const { numbers } = rows;
  const cells = new Cells(context);
  const layerColumn = plan.layer >= 0 ? new LayerColumn(context, cells, plan.layer) : null;
  const onlyLayer = layerColumn ? -1 : builder.layer('0');

  /** "7" or a name that ends in a number, such as "expert_7". */
  const expertOf = (): number => {
    const value = numbers[plan.expert];
    if (value >>> 0 === value) return value;
    const named = value === value ? null : /(\d+)$/.exec(rows.text(plan.expert));
    if (named) return Number(named[1]);
    cells.problem(plan.expert, 'an expert');
    return -1;
  };

  const take = (count: number): void => {
    if (!cells.isWhole(count)) return;
    const step = cells.step(plan.step);
    const layer = layerColumn ? layerColumn.layer() : onlyLayer;
    const expert = expertOf();
    const load = cells.load(plan.load);
    if (step !== step || layer < 0 || expert < 0 || load !== load) return;
    const row = builder.row(step);
    builder.put(row, layer, expert, load);
    if (plan.loss >= 0) cells.loss(plan.loss, row);
  };

  const { plain } = context;
  const plainCells = plain?.plain ?? noCells;
  const takePlain = (index: number): void => {
    const first = index * numbers.length;
    const layer = layerColumn ? layerColumn.numbered(plainCells[first + plan.layer]) : onlyLayer;
    if (layer < 0 || plan.loss >= 0) {
      plain?.takePlain(index);
      take(numbers.length);
      return;
    }
    builder.put(builder.row(plainCells[first + plan.step]), layer, plainCells[first + plan.expert], plainCells[first + plan.load]);
  };

  return { all: () => takeAll(context, takePlain, take), notes: () => cells.notes() };
}

/** A row a step, or a row a step and layer. */
export function wideRows(plan: WidePlan, context: ConsumeContext): RowConsumer {
  const { rows, builder } = context;
  const { numbers } = rows;
  const cells = new Cells(context);
  const layerColumn = plan.layer >= 0 ? new LayerColumn(context, cells, plan.layer) : null;
  const layers = plan.layers.map(({ name, columns }) => ({
    layer: layerColumn ? -1 : builder.layer(name),
    columns: Int32Array.from(columns),
    /** First of columns that stand side by side in the order of the experts; -1 when they do not. */
    first: columns.every((column, expert) => column === columns[0] + expert) ? columns[0] : -1,
    loads: new Float64Array(columns.length),
  }));
  let rowNumber = 0;
  const all = layers.flatMap(({ columns }) => Array.from(columns));
  let emptyRows = 0;

  const take = (count: number): void => {
    if (!cells.isWhole(count)) return;
    const number = rowNumber++;
    // As of a log that writes other things more often than loads.
    if (all.every((column) => numbers[column] !== numbers[column] && rows.isEmpty(column))) {
      emptyRows++;
      return;
    }
    const step = plan.step >= 0 ? cells.step(plan.step) : number;
    const rowLayer = layerColumn ? layerColumn.layer() : 0;
    if (step !== step || rowLayer < 0) return;
    const row = builder.row(step);
    for (const { layer, columns, loads } of layers) {
      for (let expert = 0; expert < columns.length; expert++) {
        const load = numbers[columns[expert]];
        loads[expert] = load >= 0 && load <= largestLoad ? load : cells.load(columns[expert]);
      }
      builder.putRow(row, layerColumn ? rowLayer : layer, loads);
    }
    cells.loss(plan.loss, row);
  };

  const { plain } = context;
  const plainCells = plain?.plain ?? noCells;
  const inPlace = !layerColumn && plan.loss < 0 && plan.step >= 0 && layers.every(({ first }) => first >= 0);
  const takePlain = (index: number): void => {
    if (!inPlace) {
      plain?.takePlain(index);
      take(numbers.length);
      return;
    }
    const start = index * numbers.length;
    const row = builder.row(plainCells[start + plan.step]);
    for (const { layer, columns, first } of layers) {
      builder.putRow(row, layer, plainCells, start + first, columns.length);
    }
  };

  const emptyNotes = (): string[] => (emptyRows > 0 ? [`${amount(emptyRows, 'row')} without any load ${emptyRows === 1 ? 'is' : 'are'} left out`] : []);
  return { all: () => takeAll(context, takePlain, take), notes: () => [...emptyNotes(), ...cells.notes()] };
}

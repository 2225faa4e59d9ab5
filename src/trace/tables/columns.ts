import { amount } from '../amount.ts';
import { askLayerCount } from '../read/layer-count.ts';
import { guessLayers } from '../read/layer-guess.ts';
import { bestOfRole, groupScore, hasRole, isIndexName, isTimeName, loadName, namesShares, namesThing, noteOnThings, shown, thingsOf, type ColumnRole } from '../read/names.ts';
import { badInput, needsAnswers } from '../read/problems.ts';
import type { Questions } from '../read/questions.ts';
import type { TableHead } from './rows.ts';

/** A row a load. Numbers are columns, -1 for none. */
export interface LongPlan {
  readonly form: 'long';
  readonly step: number;
  readonly layer: number;
  readonly expert: number;
  readonly load: number;
  readonly loss: number;
}

/** A row a step, or a row a step and layer when there is a layer column. */
export interface WidePlan {
  readonly form: 'wide';
  /** -1: rows are numbered. */
  readonly step: number;
  readonly layer: number;
  /** Columns of each layer, by expert. */
  readonly layers: readonly { readonly name: string; readonly columns: readonly number[] }[];
  readonly loss: number;
}

export type TablePlan = LongPlan | WidePlan;

interface Decided {
  readonly plan: TablePlan;
  readonly notes: readonly string[];
}

interface Planned extends Decided {
  /** Whether the column of the loads is called one of shares. */
  readonly namedShares: boolean;
}

/** Whether names of columns say that each holds one number a row: a row a load, or a column a layer and expert. */
export function isTable(columns: readonly string[]): boolean {
  return isLongByName(columns) || groupColumns(columns).size > 0;
}

function isLongByName(columns: readonly string[]): boolean {
  return findRole(columns, 'expert') >= 0 && findRole(columns, 'load') >= 0;
}

/** Decides what the columns of a table are. Asks where names do not say it. */
export function planColumns(file: string, head: TableHead, questions: Questions): Planned {
  const { plan, notes } = planOf(file, head, questions);
  const load = head.columns[plan.form === 'long' ? plan.load : plan.layers[0].columns[0]];
  return { plan, notes: [...notes, ...noteOnThings(plan.form === 'long' ? head.columns[plan.expert] : load)], namedShares: namesShares(load) };
}

function planOf(file: string, head: TableHead, questions: Questions): Decided {
  if (!head.hasHeader) return planWithoutHeader(head, questions);
  const { columns } = head;
  const groups = groupColumns(columns);
  if (groups.size > 0 && !isLongByName(columns) && questions.answer('column.expert') === undefined) return planWide(columns, groups, questions);
  return questions.answer('form') === 'wide' ? planNamelessWide(file, head, questions) : planLong(file, head, questions);
}

function findRole(columns: readonly string[], role: ColumnRole): number {
  const best = bestOfRole(columns, role);
  return best === undefined ? -1 : columns.indexOf(best);
}

/** The column of the expert, or of the GPU, the head, … in its place. */
function findExpert(columns: readonly string[]): number {
  const expert = findRole(columns, 'expert');
  return expert >= 0 ? expert : columns.findIndex(namesThing);
}

const what: Readonly<Record<ColumnRole, string>> = {
  step: 'the training step', layer: 'the layer', expert: 'the expert', load: 'the load', loss: 'the loss',
};

const noLayer = 'none: there is one layer';

/** Asks for a column. @param none label of the answer "none", where that is possible */
function askColumn(questions: Questions, columns: readonly string[], role: ColumnRole, guess: number, ambiguous: boolean, none?: string): number {
  const options = columns.map((name, column) => ({ value: name, label: name === '' ? `column ${column + 1}, without a name` : shown(name) }));
  const noneOption = none === undefined ? [] : [{ value: ' none', label: none }];
  const value = questions.ask({
    id: `column.${role}`,
    label: `Which column is ${what[role]}?`,
    options: [...options, ...noneOption],
    guess: guess >= 0 ? columns[guess] : ' none',
    ambiguous,
  });
  return columns.indexOf(value);
}

function planLong(file: string, { columns, place }: TableHead, questions: Questions): Decided {
  const roles = ['step', 'layer', 'expert', 'load'] as const;
  const found = new Map(roles.map((role) => {
    const answered = questions.answer(`column.${role}`);
    const column = answered === undefined ? -1 : columns.indexOf(answered);
    return [role, column >= 0 ? column : role === 'expert' ? findExpert(columns) : findRole(columns, role)];
  }));
  const used = new Set(found.values());
  const unused = columns.map((_, column) => column).filter((column) => !used.has(column) && !isIndexName(columns[column]) && !isTimeName(columns[column]) && !hasRole(columns[column], 'loss'));
  const unknown = unused.filter((column) => !hasRole(columns[column], 'load'));
  // One name unknown and one column over: that will be it.
  const required = roles.filter((role) => role !== 'layer' && found.get(role) === -1);
  const guessed = required.length === 1 && unknown.length === 1 ? required[0] : undefined;
  if (guessed) found.set(guessed, unknown[0]);
  const layerUnclear = found.get('layer') === -1 && !guessed && unknown.length > 0;
  const missing = required.find((role) => role !== guessed);
  if (missing) {
    askForm(questions, 'long');
    for (const role of roles) askColumn(questions, columns, role, found.get(role) ?? -1, found.get(role) === -1, role === 'layer' ? noLayer : 'choose a column');
    throw needsAnswers(badInput(
      file,
      `no column for ${what[missing]}; the columns are ${columns.slice(0, 12).map((name) => `"${shown(name)}"`).join(', ')}${columns.length > 12 ? ', …' : ''}`,
      missing === 'load' ? 'say which it is, name it "tokens", or name the columns of a wide table like layer3_expert12' : `say which it is, or name it "${missing}"`,
      place,
    ), questions.all);
  }
  const loadNames = columns.filter((name) => hasRole(name, 'load'));
  const ask = (role: 'step' | 'expert' | 'load'): number =>
    askColumn(questions, columns, role, found.get(role) ?? -1, role === guessed || (role === 'load' && loadNames.length > 1));
  const step = ask('step');
  const layer = askColumn(questions, columns, 'layer', found.get('layer') ?? -1, layerUnclear, noLayer);
  const plan: LongPlan = { form: 'long', step, layer, expert: ask('expert'), load: ask('load'), loss: findRole(columns, 'loss') };
  const chosen = [plan.step, plan.layer, plan.expert, plan.load];
  return { plan, notes: leftOut(columns, (column) => chosen.includes(column) || column === plan.loss) };
}

type Groups = Map<string, { readonly column: number; readonly layer: string; readonly expert: number }[]>;

function groupColumns(columns: readonly string[]): Groups {
  const groups: Groups = new Map();
  columns.forEach((name, column) => {
    const load = loadName(name);
    if (!load || load.expert === null) return;
    const group = groups.get(load.group) ?? [];
    group.push({ column, layer: load.layer, expert: load.expert });
    groups.set(load.group, group);
  });
  // Where experts are named, GPUs and the like stand beside them and are no loads.
  const ofExperts = [...groups].filter(([group]) => thingsOf(group) === null);
  return ofExperts.length > 0 ? new Map(ofExperts) : groups;
}

function planWide(columns: readonly string[], groups: Groups, questions: Questions): Decided {
  const ranked = [...groups].sort(([a, inA], [b, inB]) => groupScore(b) - groupScore(a) || inB.length - inA.length);
  let group = ranked[0][0];
  if (ranked.length > 1) {
    group = questions.ask({
      id: 'columns',
      label: 'Which columns hold the load?',
      options: ranked.map(([name, members]) => ({ value: name, label: `${name} (${amount(members.length, 'column')})` })),
      guess: group,
      ambiguous: true,
    });
  }
  const members = groups.get(group) ?? [];
  const { step, layer } = askWideColumns(columns, members, questions);
  const notes: string[] = [];
  const layers = [...new Set(members.map((member) => member.layer))].map((name) => {
    const ofLayer = members.filter((member) => member.layer === name).sort((a, b) => a.expert - b.expert);
    const first = ofLayer[0].expert;
    if (ofLayer.some((member, i) => member.expert !== first + i)) notes.push(`layer ${name} lacks columns of some experts; the others are numbered from 0 here`);
    else if (first > 0) notes.push(`experts of layer ${name} are numbered from ${first} in the file and from 0 here`);
    return { name, columns: ofLayer.map((member) => member.column) };
  });
  const loss = findRole(columns, 'loss');
  const inGroup = new Set(members.map((member) => member.column));
  const others = leftOut(columns, (column) => inGroup.has(column) || column === step || column === layer || column === loss);
  return { plan: { form: 'wide', step, layer, layers, loss }, notes: [...notes, ...others] };
}

function askWideColumns(columns: readonly string[], members: readonly { readonly column: number; readonly layer: string }[], questions: Questions): { step: number; layer: number } {
  const others = columns.filter((_, column) => !members.some((member) => member.column === column));
  const stepNames = others.filter((name) => hasRole(name, 'step'));
  const indexName = others.find((name) => isIndexName(name));
  const guess = stepNames[0] ?? indexName;
  // Columns of loads are no steps: they are left out of the choice.
  const step = askColumn(questions, others, 'step', guess === undefined ? -1 : others.indexOf(guess), stepNames.length !== 1, 'none: rows are steps 0, 1, 2, …');
  const layerName = others.find((name) => hasRole(name, 'layer'));
  const oneLayer = members.every((member) => member.layer === '0');
  const layer = oneLayer && layerName !== undefined ? askColumn(questions, others, 'layer', others.indexOf(layerName), false, noLayer) : -1;
  return { step: step < 0 ? -1 : columns.indexOf(others[step]), layer: layer < 0 ? -1 : columns.indexOf(others[layer]) };
}

function askForm(questions: Questions, guess: 'long' | 'wide'): string {
  return questions.ask({
    id: 'form',
    label: 'What is a row?',
    options: [{ value: 'long', label: 'one load: step, layer, expert, load' }, { value: 'wide', label: 'one step: the loads of all experts' }],
    guess,
    ambiguous: true,
  });
}

/** A row a step, as the person said of names that say nothing: all columns that are nothing else hold loads. */
function planNamelessWide(file: string, head: TableHead, questions: Questions): Decided {
  const { columns } = head;
  const answered = questions.answer('column.step');
  const isOther = (name: string): boolean => name === answered || isIndexName(name) || (['step', 'layer', 'loss'] as const).some((role) => hasRole(name, role));
  const members = columns.flatMap((name, column) => (isOther(name) ? [] : [column])).map((column, expert) => ({ column, layer: '0', expert }));
  if (members.length === 0) return planLong(file, head, questions);
  askForm(questions, 'wide');
  return planWide(columns, new Map([['', members]]), questions);
}

function planWithoutHeader(head: TableHead, questions: Questions): Decided {
  const { columns } = head;
  const form = askForm(questions, columns.length === 3 || columns.length === 4 ? 'long' : 'wide');
  const notes = ['there is no header line; what the columns are is a guess'];
  if (form === 'long' && columns.length >= 3) {
    const hasLayer = columns.length > 3;
    const step = askColumn(questions, columns, 'step', 0, true);
    const layer = askColumn(questions, columns, 'layer', hasLayer ? 1 : -1, true, noLayer);
    const expert = askColumn(questions, columns, 'expert', hasLayer ? 2 : 1, true);
    return { plan: { form: 'long', step, layer, expert, load: askColumn(questions, columns, 'load', hasLayer ? 3 : 2, true), loss: -1 }, notes };
  }
  const step = askColumn(questions, columns, 'step', firstColumnIsStep(head) ? 0 : -1, true, 'none: rows are steps 0, 1, 2, …');
  const loads = columns.map((_, column) => column).filter((column) => column !== step);
  const guess = guessLayers(head.firstRows.map((row) => loads.map((column) => row[column])));
  const layerCount = askLayerCount(questions, loads.length, guess, true);
  const experts = loads.length / layerCount;
  const layers = Array.from({ length: layerCount }, (_, layer) => ({ name: String(layer), columns: loads.slice(layer * experts, (layer + 1) * experts) }));
  return { plan: { form: 'wide', step, layer: -1, layers, loss: -1 }, notes };
}

/** Steps rise by an equal amount and begin at a multiple of it. */
function firstColumnIsStep(head: TableHead): boolean {
  const [first, second] = head.firstRows.map((row) => row[0]);
  const stride = second - first;
  return Number.isInteger(first) && first >= 0 && stride > 0 && (first % stride === 0 || first === 1);
}

function leftOut(columns: readonly string[], isUsed: (column: number) => boolean): string[] {
  const names = columns.filter((name, column) => !isUsed(column) && !isIndexName(name));
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).join(', ');
  return [`${names.length} other column${names.length > 1 ? 's' : ''} left out: ${shown}${names.length > 5 ? ', …' : ''}`];
}

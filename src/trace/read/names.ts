/** What a column or key may hold, told from its usual names in training tools. */
export type ColumnRole = 'step' | 'layer' | 'expert' | 'load' | 'loss';

const roleNames: Readonly<Record<ColumnRole, readonly string[]>> = {
  step: ['step', 'steps', 'iteration', 'iterations', 'iter', 'iters', 'it', 'globalstep', 'trainstep', 'trainingstep', 'stepnumber', 'update', 'batch'],
  layer: ['layer', 'layers', 'layeridx', 'layerid', 'layerindex', 'layernumber', 'layername', 'moelayer', 'moelayeridx', 'moelayerid', 'block', 'blockidx'],
  expert: ['expert', 'experts', 'expertidx', 'expertid', 'expertindex', 'expertnumber', 'expertname'],
  load: [
    'count', 'counts', 'tokens', 'numtokens', 'ntokens', 'tokencount', 'tokencounts', 'tokensperexpert', 'tpe', 'expertcount', 'expertcounts',
    'tokenstotal', 'totaltokens', 'load', 'loads', 'expertload', 'expertloads', 'logicalcount', 'logicalexpertload', 'assignments', 'routedtokens',
    'share', 'shares', 'proportion', 'proportions', 'loadproportion', 'fraction', 'percentage', 'tokenspercentage', 'percent', 'value', 'values',
  ],
  loss: ['loss', 'lmloss', 'trainloss', 'trainingloss', 'celoss', 'crossentropy'],
};

/** What `plain` gave for names that were asked for lately: records repeat theirs. */
const plainNames = new Map<string, string>();
const mostPlainNames = 4096;

/** "train/Layer_Idx" → "layeridx": the last part of a path, letters and digits only. */
function plain(name: string): string {
  const known = plainNames.get(name);
  if (known !== undefined) return known;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const found = last.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (plainNames.size >= mostPlainNames) plainNames.clear();
  plainNames.set(name, found);
  return found;
}

/** A name as a message or a choice shows it: in broken files it may be anything, and as long as the file. */
export function shown(name: string): string {
  const line = name.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

export function hasRole(name: string, role: ColumnRole): boolean {
  return roleNames[role].includes(plain(name));
}

/** Names of arrays that say to which experts each token goes, rather than how much each expert gets. */
const choiceNames: readonly string[] = [
  'topindices', 'topkindices', 'topkids', 'topkidx', 'topkexperts', 'topexperts', 'selectedexperts', 'expertindices', 'expertids', 'expertsids', 'routedexperts', 'chosenexperts', 'routingindices',
];

export function namesChoices(name: string): boolean {
  return choiceNames.includes(plain(name));
}

/** How early a name stands in the list of its role; -1 when it is not in it. Counts come before shares. */
export function roleRank(name: string, role: ColumnRole): number {
  return roleNames[role].indexOf(plain(name));
}

/** pandas writes its index under no name, reads it back as "Unnamed: 0", or keeps it in Parquet as "__index_level_0__". */
export function isIndexName(name: string): boolean {
  return name.trim() === '' || /^(unnamed: \d+|index|__index_level_\d+__)$/i.test(name.trim());
}

/** The name that says most surely that it is of a role, the first of equal ones; undefined where none does. */
export function bestOfRole(names: readonly string[], role: ColumnRole): string | undefined {
  let best: string | undefined;
  for (const name of names) {
    const rank = roleRank(name, role);
    if (rank >= 0 && (best === undefined || rank < roleRank(best, role))) best = name;
  }
  return best;
}

/** Whether a column is a clock's: "Wall time", "_timestamp". */
export function isTimeName(name: string): boolean {
  return /^(?:wall[ _]?time|_?timestamp|_?runtime|time|date(?:time)?|relative time.*)$/i.test(name.trim());
}

export interface LoadName {
  /** "3"; "0" when the name has no layer. */
  readonly layer: string;
  /** As numbered in the name; null for a name of a whole layer. */
  readonly expert: number | null;
  /** The name with its numbers as stars: "train/TokensTotal/layer*\/expert*". Names of one group measure the same thing. */
  readonly group: string;
}

/** What else loads may be of, where no name speaks of experts. */
const things = [
  { things: 'GPUs', words: 'gpus?|cuda' },
  { things: 'devices', words: 'devices?' },
  { things: 'ranks', words: 'ranks?' },
  { things: 'nodes', words: 'nodes?|hosts?' },
  { things: 'workers', words: 'workers?' },
  { things: 'heads', words: 'heads?' },
  { things: 'pipeline stages', words: 'stages?' },
] as const;
const anyThing = things.map(({ words }) => words).join('|');

const separators = String.raw`[\s_\-./:#\[\]]*`;
const expertPattern = new RegExp(String.raw`(?:experts?|(?<![a-z])e(?:xp)?)${separators}(\d+)`, 'gi');
const layerPattern = new RegExp(String.raw`(?:layers?|blocks?|(?<![a-z])l)${separators}(\d+)`, 'gi');
const thingPattern = new RegExp(String.raw`(?<![a-z])(?:${anyThing})${separators}(\d+)`, 'gi');

/** Whether a column or key says which GPU, head, … a load is of. */
export function namesThing(name: string): boolean {
  return new RegExp(`^(?:${anyThing})(?:id|idx|index|number|name)?$`).test(plain(name));
}

/** What loads of this name are of, "GPUs"; null for experts, and where the name does not say it. */
export function thingsOf(name: string): string | null {
  if (/expert|(?<![a-z])e(?:xp)?[\s_\-./:#[\]]*[\d*]/i.test(name)) return null;
  const speaking = lastThing(name.replaceAll('*', '0'))?.[0] ?? name.split('/').at(-1) ?? name;
  return things.find(({ words }) => new RegExp(`(?<![a-z])(?:${words})(?![a-z])`, 'i').test(speaking))?.things ?? null;
}

/**
 * Understands a name such as `layer3_expert12`, `expert_4`, `train/TokensTotal/layer0/expert5`, `l3e12`
 * or, for a whole layer, `layer3`. Where no expert is named, a GPU, a head, … takes its place: `gpu0_util`, `layer0_head1`.
 * @returns null when there is nothing of this in it
 */
export function loadName(name: string): LoadName | null {
  const expert = [...name.matchAll(expertPattern)].at(-1) ?? lastThing(name);
  const beforeExpert = expert ? name.slice(0, expert.index) : name;
  const layer = [...beforeExpert.matchAll(layerPattern)].at(-1);
  if (!expert && !layer) return null;
  const spans = [layer, expert].filter((match) => match !== undefined).map((match) => ({
    from: match.index + match[0].length - match[1].length,
    to: match.index + match[0].length,
  }));
  let group = '';
  let at = 0;
  for (const span of spans) {
    group += `${name.slice(at, span.from)}*`;
    at = span.to;
  }
  return { layer: layer ? String(Number(layer[1])) : '0', expert: expert ? Number(expert[1]) : null, group: group + name.slice(at) };
}

/** Unless a layer is named behind it: "rank0/layer3" is a layer. */
function lastThing(name: string): RegExpExecArray | undefined {
  const thing = [...name.matchAll(thingPattern)].at(-1);
  return thing && name.slice(thing.index).match(layerPattern) === null ? thing : undefined;
}

/** What is said of loads that are not of experts. */
export function noteOnThings(name: string): string[] {
  const found = thingsOf(name);
  return found === null ? [] : [`the loads are of ${found}, which stand in the place of experts here`];
}

/** Whether a name of loads says that they are shares of their layer: "train/TokensPercentage/layer*\/expert*". */
export function namesShares(name: string): boolean {
  return /percent|pct|fraction|shares?(?![a-z])|(?<![a-z])ratio|proportion|prob|%/i.test(name);
}

/** Of several groups of columns, the one that most likely holds token counts. Words against come before words for. */
export function groupScore(group: string): number {
  const against = namesShares(group) || /weight|bias|loss|grad|norm|drop|util|var|std|_?min$|_?max$|cap/i.test(group);
  const favour = /total|count|token|load|assign/i.test(group);
  return (favour ? 1 : 0) - (against ? 2 : 0);
}

/** Orders "2" before "10" and "decoder.2" before "decoder.10". */
export function naturalOrder(a: string, b: string): number {
  const partsA = a.match(/\d+|\D+/g) ?? [];
  const partsB = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(partsA.length, partsB.length); i++) {
    const [x, y] = [partsA[i], partsB[i]];
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    const difference = numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return partsA.length - partsB.length;
}

/** Finding commands by words: every word of the query has to be in the text, whole, at a word's start, inside, or as letters in order. */

function scoreWord(word: string, text: string): number {
  if (text.startsWith(word)) return 4;
  if (text.includes(` ${word}`)) return 3;
  if (text.includes(word)) return 2;
  let at = 0;
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return 0;
  }
  return 1;
}

/** 0: no match; higher is better. An empty query matches everything equally. */
export function scoreMatch(query: string, text: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.toLowerCase();
  let sum = 1;
  for (const word of words) {
    const score = scoreWord(word, lower);
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

/** The items that match, best first; equal ones keep their order. */
export function findMatches<Item>(query: string, items: readonly Item[], textOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, score: scoreMatch(query, textOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/**
 * Reads a list of experts as people write it: "0, 3, 5-7".
 * @returns the experts in the order written, without repeats, or a sentence that says what is wrong
 */
export function parseExpertList(text: string, experts: number, most: number): readonly number[] | string {
  const chosen: number[] = [];
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const match = /^(\d{1,6})(?:[-–](\d{1,6}))?$/.exec(part);
    if (!match) return `"${part}" is not an expert's number; write 0, 3 or 5-7`;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (last < first) return `"${part}" runs backwards`;
    if (last >= experts) return `there is no expert ${last}; this layer has 0 to ${experts - 1}`;
    for (let expert = first; expert <= last; expert++) {
      if (!chosen.includes(expert)) chosen.push(expert);
      if (chosen.length > most) return `at most ${most} experts are drawn at once`;
    }
  }
  return chosen;
}

/** "0, 3, 5–7" back to text: runs of three and more become ranges. */
export function formatExpertList(experts: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < experts.length; ) {
    let end = i;
    while (end + 1 < experts.length && experts[end + 1] === experts[end] + 1) end++;
    if (end - i >= 2) parts.push(`${experts[i]}-${experts[end]}`);
    else for (let k = i; k <= end; k++) parts.push(String(experts[k]));
    i = end + 1;
  }
  return parts.join(', ');
}

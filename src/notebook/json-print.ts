/**
 * JSON that a person reads and compares: two spaces, keys in the order given. Lists of numbers and texts, and flat
 * objects inside lists, stand on one line, since a line a number would bury the settings under the results.
 */

const lineWidth = 120;

/** @param value plain data: objects, arrays, texts, finite numbers, booleans, null; undefined members are left out */
export function printJson(value: unknown): string {
  return `${print(value, '')}\n`;
}

function print(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every(isPlain)) return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    return `[\n${value.map((item) => inner + (onOneLine(item) ?? print(item, inner))).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return '{}';
  return `{\n${entries.map(([key, member]) => `${inner}${JSON.stringify(key)}: ${print(member, inner)}`).join(',\n')}\n${indent}}`;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** A flat object as `{ "a": 1, "b": 2 }` when it is short enough. */
function onOneLine(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0 || !entries.every(([, member]) => isPlain(member))) return null;
  const line = `{ ${entries.map(([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`).join(', ')} }`;
  return line.length <= lineWidth ? line : null;
}

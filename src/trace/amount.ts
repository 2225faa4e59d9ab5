/** How numbers are written in sentences: "1,234.5". */
export const number = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

/** "1 layer", "12 layers", "16,384 bytes" */
export function amount(count: number, noun: string): string {
  return `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** "1st", "2nd", "3rd", "10th", "21st" */
export function ordinal(count: number): string {
  const ending = Math.floor(count / 10) % 10 === 1 ? undefined : ['th', 'st', 'nd', 'rd'][count % 10];
  return `${number.format(count)}${ending ?? 'th'}`;
}

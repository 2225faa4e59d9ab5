/** Rows of whole numbers, cut out of text. */

/** Where the first row that was not taken begins; set by `takeRows`. */
let stopped: usize = 0;

export function stoppedAt(): usize {
  return stopped;
}

/** The value of the `digits` (1 to 8) characters that are lowest in `word`: they become the highest, then tens, hundreds and ten thousands are joined. */
@inline
function eightDigits(word: u64, digits: u64): u64 {
  let value = (word & 0x0f0f0f0f0f0f0f0f) << ((8 - digits) << 3);
  value = (value * 10 + (value >>> 8)) & 0x00ff00ff00ff00ff;
  value = (value * 100 + (value >>> 16)) & 0x0000ffff0000ffff;
  return (value * 10000 + (value >>> 32)) & 0xffffffff;
}

/**
 * Takes rows of exactly `columns` whole numbers under 10⁹ each, one after the other, until one is of another sort.
 * @param at where the first row begins
 * @param end where the text ends; a newline stands there, and eight more bytes may be read behind it
 * @param cells `[mostRows][columns]`, filled
 * @param delimiter character code, no digit
 * @returns rows taken
 */
export function takeRows(at: usize, end: usize, cells: usize, columns: u32, mostRows: u32, delimiter: u32): u32 {
  let rows: u32 = 0;
  for (; rows < mostRows; rows++) {
    stopped = at;
    const last = cells + ((columns - 1) << 2);
    for (;;) {
      const word = load<u64>(at);
      // A byte is a digit when its high half is 3 and adding 6 leaves it so; the lowest that is none has its bit 4 or 5 set here.
      const others = ((word & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030);
      let value: u64;
      if (others != 0) {
        const digits = <u64>ctz(others) >>> 3;
        if (digits == 0) return rows;
        value = eightDigits(word, digits);
        at += <usize>digits;
      } else {
        value = eightDigits(word, 8);
        const ninth = <u32>load<u8>(at, 8) - 48;
        at += 8;
        if (ninth < 10) {
          value = value * 10 + ninth;
          at++;
        }
      }
      store<u32>(cells, <u32>value);
      const stop = <u32>load<u8>(at);
      if (stop != delimiter) break;
      if (cells == last) return rows;
      cells += 4;
      at++;
    }
    if (load<u8>(at) == 13) at++;
    if (cells != last || load<u8>(at) != 10 || at >= end) return rows;
    cells += 4;
    at++;
  }
  stopped = at;
  return rows;
}

/** The largest load that a 32-bit float holds; what is beyond would become infinite. */
export const largestLoad = 3.4028234663852886e38;

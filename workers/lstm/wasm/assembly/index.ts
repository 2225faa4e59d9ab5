/** What the engine calls. Addresses and counts are unsigned 32-bit; memory is laid out by the engine. */
export { backward, forward } from './layer';
export { columnSums, outerProduct, product } from './products';
export { packLayer, packPanels, packTransposed, unpackLayer, unpackRows } from './packing';
export { gate, gateBack, join, loss, squash, squashBack } from './head';
export { adam, squaredNorm } from './update';
export { drop } from './dropout';

import { createContext } from 'preact';
import { signal, type ReadonlySignal } from '@preact/signals';

/** Whether a picture has to be drawn whole, also where it is far from the screen: while it is exported. */
export const Whole = createContext<ReadonlySignal<boolean>>(signal(false));

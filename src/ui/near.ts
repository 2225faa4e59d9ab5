import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

type Told = (near: boolean) => void;
const told = new WeakMap<Element, Told>();
let shared: IntersectionObserver | undefined;

/** One observer for all elements: one for each of hundreds would be asked in every frame. */
function observer(): IntersectionObserver {
  shared ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) told.get(target)?.(isIntersecting);
    // Of the document, or there would be no margin in a frame of another page.
  }, { root: document, rootMargin: '50% 0px' });
  return shared;
}

/** Whether an element is on the screen or within half a screen of it. False until it is known, and where the element has no box. */
export function useNear(ref: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    told.set(element, setNear);
    observer().observe(element);
    return () => observer().unobserve(element);
  }, []);
  return near;
}

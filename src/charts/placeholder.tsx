import { inFrame, type Frame } from './frame.ts';

/** What stands in an empty picture, in the middle of its frame. */
export function Placeholder({ frame, text }: { readonly frame: Frame; readonly text: string }) {
  return (
    <p class="gc-placeholder" style={inFrame(frame)}>{text}</p>
  );
}

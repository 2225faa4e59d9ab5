/**
 * The share link: a notebook's settings in the URL's hash, `#n=` and the base64url of deflated JSON. The hash never
 * leaves the browser. Results and traces are not in it; a file's trace is named, so that the recipient is asked for it.
 */
import { deflateSync, Inflate } from 'fflate';
import { GatecastError } from '../errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { withoutResults, type NotebookDocument } from './document.ts';
import { parseNotebook } from './file.ts';

/** Longest hash that is made: Safari takes addresses of up to 80,000 characters. */
export const maximumHashLength = 60_000;
/** Longest hash that is read. */
const maximumReadLength = 200_000;
/** Most that a link may unpack to, bytes; a few characters can inflate to gigabytes. */
const maximumInflated = 1024 * 1024;

const prefix = '#n=';

/** @throws GatecastError `bad-setting` when the notebook (its notes) is too long for a link */
export function toHash(document: NotebookDocument): string {
  const json = new TextEncoder().encode(JSON.stringify(withoutResults(document)));
  const hash = json.length <= maximumInflated ? prefix + toBase64Url(deflateSync(json, { level: 9 })) : null;
  if (hash === null || hash.length > maximumHashLength) {
    throw new GatecastError({
      code: 'bad-setting',
      message: hash === null
        ? `the notebook is too long for a link: ${json.length.toLocaleString('en-US')} bytes, ${maximumInflated.toLocaleString('en-US')} at most`
        : `the link would have ${hash.length.toLocaleString('en-US')} characters; ${maximumHashLength.toLocaleString('en-US')} is the most that every browser takes`,
      remedy: 'shorten the notes, or save the notebook and send the file',
    });
  }
  return hash;
}

/**
 * @param hash `location.hash`
 * @returns null when it carries no notebook
 * @throws GatecastError `bad-input` when it carries one that is damaged, hostile or too large
 */
export function fromHash(hash: string): NotebookDocument | null {
  if (!hash.startsWith(prefix)) return null;
  if (hash.length > maximumReadLength) throw badLink(`it has ${hash.length.toLocaleString('en-US')} characters, ${maximumReadLength.toLocaleString('en-US')} at most`);
  const packed = fromBase64Url(hash.slice(prefix.length));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(inflate(packed));
  } catch (error) {
    if (error instanceof GatecastError) throw error;
    throw badLink('it is damaged or was cut off');
  }
  try {
    return parseNotebook(text);
  } catch (error) {
    if (!(error instanceof GatecastError)) throw error;
    throw new GatecastError({ code: error.code, message: `the link's notebook cannot be opened: ${error.message}`, where: error.where, remedy: error.remedy });
  }
}

/** Inflates piece by piece and stops at the limit. */
function inflate(packed: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const inflater = new Inflate((piece, final) => {
    length += piece.length;
    if (length > maximumInflated) throw badLink(`it unpacks to more than ${maximumInflated.toLocaleString('en-US')} bytes`);
    pieces.push(piece);
    ended ||= final;
  });
  // A piece of 256 bytes inflates to 256 kB at most, so that the limit is never far overrun.
  for (let at = 0; at < packed.length; at += 256) inflater.push(packed.subarray(at, at + 256), at + 256 >= packed.length);
  if (!ended) throw badLink('it was cut off');
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw badLink('it has characters that no link of Gatecast has, or was cut off');
  try {
    return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw badLink('it was cut off');
  }
}

function badLink(why: string): GatecastError {
  return new GatecastError({ code: 'bad-input', message: `the link's notebook cannot be opened: ${why}`, where: 'the address after #n=', remedy: 'ask for the link again, or for the notebook as a file' });
}

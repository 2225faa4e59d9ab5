/** The notebook as a file: `.gatecast.json`, readable and comparable line by line. */
import { breathe } from '../breathe.ts';
import { GatecastError } from '../errors.ts';
import { withoutResults, type NotebookDocument } from './document.ts';
import { checkJson } from './json-check.ts';
import { printJson } from './json-print.ts';
import { maximumFileLength } from './limits.ts';
import { parseDocument } from './schema.ts';

export const notebookExtension = '.gatecast.json';

/** Keys stand in the schema's order, so that two versions of a notebook differ in what was changed alone. */
export function serializeNotebook(document: NotebookDocument, options: { readonly results?: boolean } = {}): string {
  return printJson(options.results === false ? withoutResults(document) : document);
}

/** @throws GatecastError `bad-input`; `where` is line and column for broken JSON, the path for a wrong value */
export function parseNotebook(text: string): NotebookDocument {
  return parseDocument(JSON.parse(checkedJson(text)));
}

/** The same in two tasks, for notebooks that may be full of results: the page is free between them, and before they are shown. */
export async function parseInParts(text: string): Promise<NotebookDocument> {
  const json = checkedJson(text);
  await breathe();
  const document = parseDocument(JSON.parse(json));
  await breathe();
  return document;
}

function checkedJson(text: string): string {
  if (text.length > maximumFileLength) throw tooLarge(text.length);
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  checkJson(json);
  return json;
}

/** Reads a notebook file. @throws GatecastError `bad-input` */
export async function readNotebook(file: Blob): Promise<NotebookDocument> {
  if (file.size > maximumFileLength) throw tooLarge(file.size);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (error) {
    if (!(error instanceof TypeError)) {
      throw new GatecastError({ code: 'bad-input', message: 'the file could not be read', remedy: 'check that it still exists and open it again' });
    }
    throw new GatecastError({ code: 'bad-input', message: 'the notebook is not UTF-8 text', remedy: 'take a file that Gatecast saved' });
  }
  return parseInParts(text);
}

/** Whether a file is a notebook rather than a trace, by its name. */
export function isNotebookName(name: string): boolean {
  return name.toLowerCase().endsWith(notebookExtension);
}

/** "Expert load, run 3" → "Expert-load-run-3.gatecast.json" */
export function notebookFileName(title: string): string {
  const name = title.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80).replace(/^-|-$/g, '');
  return `${name || 'notebook'}${notebookExtension}`;
}

function tooLarge(length: number): GatecastError {
  return new GatecastError({
    code: 'bad-input',
    message: `the notebook is ${Math.ceil(length / 1024 / 1024).toLocaleString('en-US')} MiB long; ${maximumFileLength / 1024 / 1024} MiB is the most that is read`,
    remedy: 'save it without results, or, if it is a trace, use Trace file in the Trace cell',
  });
}

import { render } from 'preact';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../src/ui/styles.css';
import { FileButton } from '../../src/ui/index.ts';
import { DropTarget } from '../../src/shell/index.ts';

let root: HTMLElement;
let got: string[];
beforeEach(() => {
  root = document.createElement('div');
  document.body.append(root);
  got = [];
});
afterEach(async () => {
  render(null, root);
  // Effects end after the next paint; two targets must not listen at once.
  await expect.poll(() => drag('dragover', withFile()).defaultPrevented).toBe(false);
  root.remove();
});

const trace = () => new File(['step,layer,expert,count\n'], 'long.csv', { type: 'text/csv' });

function drag(type: string, data: DataTransfer): DragEvent {
  const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data });
  root.dispatchEvent(event);
  return event;
}

async function showTarget() {
  render(<DropTarget onFiles={(files, by) => got.push(`${by} ${files.map((file) => file.name).join(' ')}`)} />, root);
  // Listening starts in an effect, after the first paint.
  await expect.poll(() => drag('dragover', withFile()).defaultPrevented).toBe(true);
}

function withFile(): DataTransfer {
  const data = new DataTransfer();
  data.items.add(trace());
  return data;
}

test('a file dropped anywhere is given on, and the page says so while it is dragged over', async () => {
  await showTarget();
  drag('dragenter', withFile());
  await expect.element(page.getByText('Drop a trace or a notebook to open it')).toBeVisible();
  expect(drag('drop', withFile()).defaultPrevented).toBe(true);
  expect(got).toEqual(['drop long.csv']);
  await expect.poll(() => root.querySelector('.drop-cover')).toBeNull();
});

test('the word about dropping goes when the file is dragged away again', async () => {
  await showTarget();
  drag('dragenter', withFile());
  drag('dragenter', withFile());
  drag('dragleave', withFile());
  await expect.poll(() => root.querySelector('.drop-cover')).not.toBeNull();
  drag('dragleave', withFile());
  await expect.poll(() => root.querySelector('.drop-cover')).toBeNull();
});

test('dragged text is none of its business', async () => {
  await showTarget();
  const data = new DataTransfer();
  data.setData('text/plain', 'a sentence');
  expect(drag('dragover', data).defaultPrevented).toBe(false);
  drag('drop', data);
  expect(got).toEqual([]);
});

test('a pasted file is given on, pasted text is left alone', async () => {
  await showTarget();
  const paste = (data: DataTransfer) => {
    const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data });
    root.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const text = new DataTransfer();
  text.setData('text/plain', '1,2,3');
  expect(paste(text)).toBe(false);
  expect(paste(withFile())).toBe(true);
  expect(got).toEqual(['paste long.csv']);
});

test('the file button has the name it is given and takes the same file twice', async () => {
  render(<FileButton name="Trace file" onFiles={(files) => got.push(files[0].name)}>Trace file…</FileButton>, root);
  const input = page.getByLabelText('Trace file');
  await userEvent.upload(input, trace());
  await userEvent.upload(input, trace());
  expect(got).toEqual(['long.csv', 'long.csv']);
});

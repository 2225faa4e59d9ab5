/** TensorBoard's event files, as its writer makes them and put together by hand. */
import { describe, expect, test } from 'vitest';
import { openTrace, openTraces } from '../../../src/trace/read/open.ts';
import { maskedCrc32c } from '../../../src/trace/formats/tensorboard/tfrecord.ts';
import { bytesSource } from '../../../src/trace/read/sources.ts';
import { bytesOf, choppedSource, expectedCounts, fixture, flat, open, refusal } from './support.ts';

const written = 'tb/events.out.tfevents.1795455436.vm.407.0';

function field(number: number, wire: 0 | 1 | 2 | 5, content: Uint8Array): number[] {
  return [number * 8 + wire, ...(wire === 2 ? varint(content.length) : []), ...content];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const float = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);
const scalar = (tag: string, value: number): Uint8Array => Uint8Array.from([...field(1, 2, bytesOf(tag)), ...field(2, 5, float(value))]);
/** A float tensor of one axis, in `tensor_content`. */
function vector(tag: string, values: readonly number[]): Uint8Array {
  const shape = Uint8Array.from(field(2, 2, Uint8Array.from(field(1, 0, Uint8Array.from(varint(values.length))))));
  const tensor = Uint8Array.from([...field(1, 0, Uint8Array.of(1)), ...field(2, 2, shape), ...field(4, 2, new Uint8Array(Float32Array.from(values).buffer))]);
  return Uint8Array.from([...field(1, 2, bytesOf(tag)), ...field(8, 2, tensor)]);
}

function record(step: number, ...values: readonly Uint8Array[]): Uint8Array {
  const summary = Uint8Array.from(values.flatMap((value) => field(1, 2, value)));
  const event = Uint8Array.from([...field(2, 0, Uint8Array.from(varint(step))), ...field(5, 2, summary)]);
  const bytes = new Uint8Array(event.length + 16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, event.length, true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(event, 12);
  view.setUint32(12 + event.length, maskedCrc32c(event), true);
  return bytes;
}

const events = (...records: readonly Uint8Array[]): Uint8Array => Uint8Array.from(records.flatMap((one) => [...one]));

test('the checksum is that of RFC 3720, masked', () => {
  // CRC-32C of 32 zeros is 0x8a9136aa (RFC 3720, B.4).
  const crc = 0x8a9136aa;
  expect(maskedCrc32c(new Uint8Array(32))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
});

test('what its writer wrote is read, in pieces of any size, and has the fingerprint of the table', async () => {
  const table = await open(fixture('long.csv'), 'long.csv');
  for (const size of [1000, 1 << 20]) {
    const { trace } = await openTrace(choppedSource(fixture(written), 'events.out.tfevents.1', size));
    expect(flat(trace)).toEqual(Array.from(expectedCounts()));
    expect(trace.fingerprint).toBe(table.trace.fingerprint);
    expect(trace.format).toBe('TensorBoard');
  }
});

test('lists of experts a layer, losses of other steps left out', async () => {
  const { trace } = await open(events(
    record(300, vector('moe/layer0', [1, 2]), vector('moe/layer1', [3, 4]), scalar('train/loss', 2.5)),
    record(305, scalar('train/loss', 2.4)),
    record(310, vector('moe/layer0', [5, 6]), vector('moe/layer1', [7, 8])),
  ), 'events');
  expect([...trace.steps]).toEqual([300, 310]);
  expect(flat(trace)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...(trace.loss ?? [])]).toEqual([2.5, NaN]);
});

test('of a run in several files the later one counts', async () => {
  const first = events(record(0, scalar('expert_0', 1), scalar('expert_1', 2)), record(1, scalar('expert_0', 3), scalar('expert_1', 4)));
  const second = events(record(1, scalar('expert_0', 5), scalar('expert_1', 6)));
  const { trace, repeatedSteps, questions } = await openTraces(
    [bytesSource(second, 'run/events.out.tfevents.20.a'), bytesSource(first, 'run/events.out.tfevents.3.a')], 'run');
  expect(flat(trace)).toEqual([1, 2, 5, 6]);
  expect(repeatedSteps).toBe(1);
  expect(questions).toEqual([]);
});

describe('damage', () => {
  const good = events(record(0, scalar('expert_0', 1), scalar('expert_1', 2)), record(1, scalar('expert_0', 3), scalar('expert_1', 4)));
  test('a changed byte is found by its checksum', async () => {
    const bad = good.slice();
    bad[20] ^= 1;
    expect((await refusal(bad, 'events.1')).message).toBe('events.1: the content of the record at byte 0 does not fit its checksum');
  });

  test('a record that is cut off, as of a run that still writes, is left out with a note', async () => {
    const { trace, notes } = await open(good.slice(0, good.length - 3), 'events.1');
    expect(flat(trace)).toEqual([1, 2]);
    expect(notes.join()).toMatch(/the last record of events\.1 is cut off at byte \d+ and left out/);
  });

  test.each([[NaN, 'NaN is not a count'], [-1, '-1 is not a count: it is negative']])('%s as a load', async (value, message) => {
    expect((await refusal(events(record(7, scalar('expert_0', 1), scalar('expert_1', value))), 'events.1')).message).toContain(`events.1 step 7: ${message} (expert_1)`);
  });

  test('a file without loads says what its tags are', async () => {
    expect((await refusal(events(record(7, scalar('lr', 1))), 'events.1')).message).toContain('no tag in it names a layer’s or expert’s load; its tags are "lr"');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultDocument } from '../../../src/notebook/default-document.ts';
import { addCell, cellOfKind, setSettings } from '../../../src/notebook/edits.ts';
import { parseNotebook, serializeNotebook } from '../../../src/notebook/file.ts';
import type { SweepRemarks, TrialRemarks } from '../../../src/notebook/kinds/sweep-remarks.ts';
import { parseSettings } from '../../../src/notebook/schema.ts';
import { remarksOf, withRemark } from '../../../src/notebook/sweep-remarks.ts';

const [one, other] = ['2026-11-27T09:00:00.000Z', '2026-11-27T10:00:00.000Z'];
const change: fc.Arbitrary<TrialRemarks> = fc.record({ name: fc.string({ maxLength: 150, unit: 'grapheme' }), note: fc.string({ maxLength: 1200 }), pinned: fc.boolean() }, { requiredKeys: [] });

describe('remarks about trials', () => {
  test('whatever was typed, a notebook keeps them and gives them back', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(1999), change)), (changes) => {
      const remarks = changes.reduce<SweepRemarks | null>((all, [trial, said]) => withRemark(all, one, trial, said), null);
      const document = setSettings<'sweep'>(addCell(defaultDocument(), 'sweep', undefined, 's'), 's', { remarks });
      expect(cellOfKind(parseNotebook(serializeNotebook(document)), 's', 'sweep')?.settings.remarks).toEqual(remarks);
    }));
  });

  test('a change leaves what it does not name', () => {
    const named = withRemark(withRemark(null, one, 3, { name: ' wide ' }), one, 3, { pinned: true });
    expect(remarksOf(named, one)).toEqual(new Map([[3, { name: 'wide', pinned: true }]]));
  });

  test('what is emptied goes, and with the last one all of them', () => {
    const remarks = withRemark(withRemark(null, one, 3, { note: 'odd' }), one, 5, { pinned: true });
    expect(withRemark(remarks, one, 3, { note: ' ' })?.trials).toEqual([{ trial: 5, pinned: true }]);
    expect(withRemark(withRemark(remarks, one, 3, { note: '' }), one, 5, { pinned: false })).toBeNull();
  });

  test('those about another sweep are not seen, and go with the first one about this', () => {
    const remarks = withRemark(null, one, 3, { name: 'wide' });
    expect(remarksOf(remarks, other).size).toBe(0);
    expect(withRemark(remarks, other, 4, { pinned: true })).toEqual({ began: other, trials: [{ trial: 4, pinned: true }] });
  });

  test('hostile ones are refused', () => {
    const parse = (remarks: unknown) => () => parseSettings('sweep', { remarks });
    expect(parse({ began: 'yesterday', trials: [] })).toThrow(/is not a time/);
    expect(parse({ began: one, trials: [{ trial: -1 }] })).toThrow(/whole number/);
    expect(parse({ began: one, trials: [{ trial: 0, name: 'x'.repeat(101) }] })).toThrow(/longer/);
    expect(parse({ began: one, trials: [{ trial: 0, pinned: 'yes' }] })).toThrow(/neither true nor false/);
    expect(parse({ began: one, trials: Array.from({ length: 2001 }, () => ({ trial: 0 })) })).toThrow(/at most 2,000/);
  });
});

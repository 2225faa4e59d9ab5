import type { OtherTraceTest, TestElsewhere } from './types.ts';

/** Whether the other trace was there and could be forecast. */
export function testedElsewhere(elsewhere: TestElsewhere): elsewhere is OtherTraceTest {
  return 'fingerprint' in elsewhere;
}

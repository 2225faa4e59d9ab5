import type * as v from 'valibot';

/** One setting that a result depends on, in words. */
export interface SettingInWords {
  readonly id: string;
  /** As it stands inside a sentence: "window". */
  readonly label: string;
  readonly value: string | number | boolean | null;
  /** The value with its unit, as a person reads it: "1,000 steps". */
  readonly shown: string;
  /** It stands at a default that results had before the setting was there: keys of results leave it out. */
  readonly usual?: boolean;
}

/**
 * A kind of cell. `settings` fills in every default, so `{}` is always valid;
 * `result` is null for kinds that compute what they show afresh.
 */
export interface Kind<Settings extends object, Result extends object | null = null> {
  /** "Forecast" */
  readonly label: string;
  readonly settings: v.GenericSchema<unknown, Settings>;
  readonly result: Result extends object ? v.GenericSchema<unknown, Result> : null;
  /** The settings that change the result; others only change what is drawn. */
  resultSettings?(settings: Settings): readonly SettingInWords[];
  /** Whether the result holds what the settings ask to see, where one result serves several settings. */
  resultCovers?(settings: Settings, result: Result): boolean;
}

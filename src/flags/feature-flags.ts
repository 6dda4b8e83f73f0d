/** What each flag switches, and its values. The table in docs/operations.md lists the same. */
export const flagTable = {
  'link-previews': { values: [true, false], meaning: 'previews of the links in messages of this user' },
  search: { values: [true, false], meaning: 'searching messages' },
  webhooks: { values: [true, false], meaning: 'webhooks that this user creates, in both directions' },
  'blocked-words': { values: ['off', 'mask', 'refuse'], meaning: 'what is done about blocked words' },
} as const satisfies Record<string, { values: readonly (boolean | string)[]; meaning: string }>

export type FlagName = keyof typeof flagTable
export type SwitchName = Exclude<FlagName, 'blocked-words'>
export type BlockedWordsPolicy = (typeof flagTable)['blocked-words']['values'][number]

/** What is switched on, for whom. Asking never fails: a flag that cannot be evaluated has its default. */
export interface FeatureFlags {
  isOn(flag: SwitchName, userId: string): Promise<boolean>
  /** For what this user sends; null: for the installation as a whole. */
  blockedWordsPolicy(userId: string | null): Promise<BlockedWordsPolicy>
}

/** What flags are where no file says otherwise. */
export interface FlagDefaults {
  linkPreviews: boolean
  blockedWordsPolicy: BlockedWordsPolicy
}

export const isOnByDefault = (flag: SwitchName, { linkPreviews }: FlagDefaults): boolean =>
  flag === 'link-previews' ? linkPreviews : true

/** The flags of an installation without a file. */
export const fixedFlags = (defaults: FlagDefaults): FeatureFlags => ({
  isOn: (flag) => Promise.resolve(isOnByDefault(flag, defaults)),
  blockedWordsPolicy: () => Promise.resolve(defaults.blockedWordsPolicy),
})

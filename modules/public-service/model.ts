/** What the public is asked for and shown. Pure. */

/** Open cases within so many metres are shown to a reporter as perhaps the same (domain §3.2). */
export const sameProblemRadiusM = 50
/** How far around, and for how many days back, a place's habits count for the proposal of classes. */
export const habitRadiusM = 150
export const habitDays = 120

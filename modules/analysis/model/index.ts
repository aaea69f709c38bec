/** Search: words, keys, slices of time, how well a thing fits. Pure. */
export { type Asked, asked, isAskable, type Word } from './asked.ts'
export { type Doc, docOf, type Told } from './doc.ts'
export { type Fit, type Fitting, fitOf, fits } from './fit.ts'
export { type Kind, kinds } from './kinds.ts'
export {
  areaKey,
  excerptOf,
  kindKey,
  lettersOf,
  makerKey,
  numberEnd,
  numberKey,
  type Stretch,
  stretchesOf,
  tagKey,
  titleKey,
  unitKey,
  withoutPersonal,
  wordKeys,
} from './letters.ts'
export { type Slice, sliceKeys, slicesBack } from './slices.ts'

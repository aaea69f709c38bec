export {
  accepted,
  acceptedAs,
  askForGaps,
  ended,
  endedAs,
  sayAgain,
  setClock,
  settleCommands,
  takeInHand,
} from './carry.ts'
export * from './model/index.ts'
export { type Ending, type Order, ordersSince } from './queries.ts'
export { talkOf } from './talk.ts'

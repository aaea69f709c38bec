/** The door: routes and the server that runs them. */
export { command, commandBy, forgetOldCommands } from './command.ts'
export { type LiveChange, type LiveSource, type LiveThing, type Looker, pictureOf } from './picture/index.ts'
export { type Sentences, sentencesOf } from './problem.ts'
export {
  type CommandRef,
  type Context,
  isRaw,
  type Language,
  nobody,
  type Raw,
  raw,
  type Served,
  type SubjectKind,
  serve,
  serveAbout,
  serveDirect,
} from './served.ts'
export { type Authenticate, buildServer, type ServerParts } from './server.ts'
